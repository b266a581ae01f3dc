/// Random numbers that a seed fixes for good, the same on every machine and in every version.
///
/// SplitMix64: G. L. Steele Jr., D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// doi:10.1145/2660193.2660195. Small, without weak seeds, and good enough to choose prompts by; it is no source of secrets.
///
/// Bounded numbers and shuffles are written out too, because what the standard library makes of a generator's bits is not part of its
/// promise and a new compiler may choose other prompts.
package struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`, each equally likely: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29
    /// (2019), doi:10.1145/3230636. Expected O(1).
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "an empty range has no numbers")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        let threshold = (0 &- bound) % bound
        while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        return Int(product.high)
    }

    /// The numbers below `count` in an order that the seed chooses, every order equally likely (Fisher and Yates, Durstenfeld's form). O(n).
    package mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, below(last + 1)) }
        return order
    }
}
