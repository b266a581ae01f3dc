/// How the work of a model is counted, and what its device could do at most.
package struct ComputeSpec: Hashable, Sendable {
    package enum Method: Hashable, Sendable {
        /// The best there is: profiled, then by architecture, then by parameters.
        case auto
        case profiled, architecture, parameters
        /// Floating-point operations of one token, said by the user.
        case perToken(Double)
    }

    package var flops: Method = .auto
    /// FLOP/s of all devices together at the precision of the run; nil takes the table.
    package var peakFLOPS: Double?
    /// Bytes a second of all devices together; nil takes the table.
    package var peakBandwidth: Double?

    package init() {}
}
