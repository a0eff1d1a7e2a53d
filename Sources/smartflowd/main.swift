internal import SmartFlowDaemon

DaemonProgram.main()
