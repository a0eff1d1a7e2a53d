internal import ArgumentParser

/// The program `smartflow`.
enum SmartFlowProgram {
  static func main() async { await SmartFlow.main() }
}
