import Foundation

/// The folder of everything that the tool keeps for later and could make again.
package enum CacheFolder {
    /// `$JOULEBENCH_CACHE`, `$XDG_CACHE_HOME/joulebench`, else `~/.cache/joulebench` (`~/Library/Caches/joulebench` on macOS).
    package static func path(_ variables: [String: String]) -> String {
        if let own = variables["JOULEBENCH_CACHE"] ?? variables["XDG_CACHE_HOME"].map({ "\($0)/joulebench" }) { return own }
        let home = variables["HOME"] ?? NSHomeDirectory()
        #if os(macOS)
        return "\(home)/Library/Caches/joulebench"
        #else
        return "\(home)/.cache/joulebench"
        #endif
    }
}
