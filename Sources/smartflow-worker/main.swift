internal import Glibc
internal import SmartFlowWorker

exit(WorkerProgram.run(Array(CommandLine.arguments.dropFirst())))
