await SmartFlowProgram.main()
