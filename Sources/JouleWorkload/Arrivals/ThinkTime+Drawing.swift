import JouleModel

extension LoadSpec.ThinkTime {
    /// The rest with this number, from 0: the same for the same seed, whatever was drawn before.
    package func rest(_ number: Int, seed: UInt64, isWarmup: Bool = false) -> Duration {
        var generator = SeededGenerator(seed: seed, stream: isWarmup ? .warmupThinkTimes : .thinkTimes, number: number)
        return minimum + (maximum - minimum) * generator.openUnit()
    }
}
