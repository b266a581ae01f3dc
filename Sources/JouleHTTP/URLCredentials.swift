import Foundation
import JouleModel

extension URLSecrets {
    /// The URL as it may go over the wire, and user and password as basic authentication writes them (RFC 7617).
    static func split(_ url: String) -> (url: String, credentials: String?) {
        guard let user = userInfo(of: url) else { return (url, nil) }
        let plain = url[user].removingPercentEncoding ?? String(url[user])
        let rest = url[..<user.lowerBound] + url[url.index(after: user.upperBound)...]
        return (String(rest), Data(plain.utf8).base64EncodedString())
    }
}
