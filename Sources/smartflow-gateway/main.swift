import SmartFlowGateway

await GatewayProgram.main()
