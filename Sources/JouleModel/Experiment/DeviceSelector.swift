/// A GPU as a user names it.
package enum DeviceSelector: Hashable, Sendable, CustomStringConvertible {
    /// Position in NVML order.
    case index(Int)
    /// `GPU-…`, or an unambiguous beginning of it.
    case uuid(String)
    /// `MIG-…`.
    case mig(String)

    package init?(_ text: String) {
        if let index = Int(text), index >= 0 {
            self = .index(index)
        } else if text.hasPrefix("GPU-") {
            self = .uuid(text)
        } else if text.hasPrefix("MIG-") {
            self = .mig(text)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .index(let index): "\(index)"
        case .uuid(let text), .mig(let text): text
        }
    }
}
