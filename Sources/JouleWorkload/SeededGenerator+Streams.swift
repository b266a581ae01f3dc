/// Things that are drawn independently of each other from one seed: to ask for more of one does not change another.
package enum RandomStream: UInt64, Sendable, Hashable, CaseIterable {
    // The numbers are part of every plan made so far; new streams get new ones.
    case arrivals = 1
    case prompts = 2
    case inputLengths = 3
    case outputLengths = 4
    case sharedPrefix = 5
    case uniquePrefix = 6
    case repeats = 7
    case warmupArrivals = 8
    case warmupPrompts = 9
    case warmupInputLengths = 10
    case warmupOutputLengths = 11
    case warmupChoice = 12
    case thinkTimes = 13
    case warmupThinkTimes = 14
    case joinedPrompts = 15
    case warmupJoinedPrompts = 16
    case simulatedAnswers = 17
    case warmupSimulatedAnswers = 18
}

extension SeededGenerator {
    /// The generator of one stream of a seed.
    package init(seed: UInt64, stream: RandomStream) {
        self.init(seed: Self.mixed(Self.mixed(seed) &+ stream.rawValue))
    }

    /// The generator of one numbered item of a stream, so that items may be asked for in any order. O(1).
    package init(seed: UInt64, stream: RandomStream, number: Int) {
        self.init(seed: Self.mixed(Self.mixed(Self.mixed(seed) &+ stream.rawValue) &+ UInt64(bitPattern: Int64(number))))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: value)
        return generator.next()
    }

    /// A number strictly between 0 and 1, from 52 random bits.
    package mutating func openUnit() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

    /// Exponentially distributed with mean 1, by inversion.
    package mutating func exponential() -> Double { -ExactMath.log(openUnit()) }

    /// Normally distributed with mean 0 and variance 1.
    ///
    /// Polar method: G. Marsaglia and T. A. Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964),
    /// doi:10.1137/1006063. It needs no sine; the second number of each pair is left, so that no state is kept.
    package mutating func normal() -> Double {
        while true {
            let (x, y) = (2 * openUnit() - 1, 2 * openUnit() - 1)
            let square = x * x + y * y
            if square < 1 && square > 0 { return x * (-2 * ExactMath.log(square) / square).squareRoot() }
        }
    }

    /// Gamma-distributed with the given shape > 0 and scale 1.
    ///
    /// G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000), doi:10.1145/358407.358414. A
    /// shape below 1 is drawn for shape + 1 and multiplied by `U^(1/shape)` (their section 6).
    package mutating func gamma(shape: Double) -> Double {
        precondition(shape > 0, "a gamma distribution has a positive shape")
        guard shape >= 1 else {
            let boosted = gamma(shape: shape + 1)
            return boosted * ExactMath.exp(ExactMath.log(openUnit()) / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let cube = root * root * root
            if ExactMath.log(openUnit()) < 0.5 * x * x + d - d * cube + d * ExactMath.log(cube) { return d * cube }
        }
    }
}

/// The numbers below `count` in an order that a seed chooses, any place of it in O(1) and without a table.
///
/// A Feistel network of four rounds over the next even number of bits, walked until it lands below `count`: J. Black and P. Rogaway,
/// "Ciphers with arbitrary finite domains", CT-RSA 2002, doi:10.1007/3-540-45760-7_9. Fewer than four steps are expected.
struct SeededOrder: Hashable, Sendable {
    let count: Int
    private let halfBits: Int
    private let keys: [UInt64]

    init(count: Int, generator: SeededGenerator) {
        precondition(count > 0, "an empty range has no order")
        self.count = count
        let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
        halfBits = max(1, (bits + 1) / 2)
        var generator = generator
        keys = (0..<4).map { _ in generator.next() }
    }

    /// The number at a place from 0 to below `count`.
    subscript(place: Int) -> Int {
        precondition(place >= 0 && place < count, "the order has no such place")
        var value = UInt64(place)
        repeat { value = permuted(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func permuted(_ value: UInt64) -> UInt64 {
        let mask = (UInt64(1) << UInt64(halfBits)) - 1
        var (left, right) = (value >> UInt64(halfBits), value & mask)
        for key in keys {
            var round = SeededGenerator(seed: key ^ right)
            (left, right) = (right, left ^ (round.next() & mask))
        }
        return left << UInt64(halfBits) | right
    }
}
