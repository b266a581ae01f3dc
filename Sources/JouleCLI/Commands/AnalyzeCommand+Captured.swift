import JouleModel

extension AnalyzeCommand {
    func captured(_ power: String, _ requests: String, _ console: Console) throws -> Int32 {
        throw Failure("usage.analyze", "not written yet")
    }
}
