import JouleUnits

/// What a tool printed about the power that the board's management controller (BMC) reads, by the DCMI extension of IPMI.
struct DCMIReading: Hashable {
    let power: Watts

    /// Why a text holds no power.
    enum Problem: Error, Hashable {
        /// The user may not open the device of the BMC.
        case permission(String)
        /// There is no such device.
        case noDevice(String)
        /// The BMC answers, and measures nothing.
        case inactive(String)
        case other(String)
    }

    /// Reads the output of `ipmitool dcmi power reading` or `ipmi-dcmi --get-system-power-statistics`.
    ///
    /// The tools print a line for each field with a colon between name and value; only the present power is taken. A BMC whose
    /// measurement is switched off, and one that gives 0 W for a machine that runs, measures nothing.
    init(_ text: String) throws(Problem) {
        var power: Double?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = Self.trimmed(line[..<colon]).lowercased()
            let value = Self.trimmed(line[line.index(after: colon)...])
            switch name {
            case "instantaneous power reading", "current power":
                power = value.split(separator: " ").first.flatMap { Double($0) }
            case "power reading state is", "power measurement":
                let state = value.lowercased()
                if state != "activated", state != "active" { throw .inactive("power measurement is \(state)") }
            default: break
            }
        }
        if let power {
            guard power > 0 else { throw .inactive("the BMC gives 0 W, which is no measurement of a machine that runs") }
            self.power = Watts(power)
            return
        }
        let lines = text.split(whereSeparator: \.isNewline).map { Self.trimmed($0) }.filter { !$0.isEmpty }
        let words = lines.first ?? "it printed nothing"
        let lower = text.lowercased()
        if lower.contains("permission denied") || lower.contains("must be root") || lower.contains("insufficient privilege") {
            throw .permission(words)
        }
        if lower.contains("could not open device") || lower.contains("no such file")
            || lower.contains("driver") && lower.contains("not found")
        {
            throw .noDevice(words)
        }
        throw .other(words)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension DCMIReading.Problem {
    var reason: String {
        switch self {
        case .permission(let words), .noDevice(let words), .inactive(let words), .other(let words): words
        }
    }

    var remedy: String {
        switch self {
        case .permission: "run as root, or let this user open /dev/ipmi0: `sudo chmod a+rw /dev/ipmi0` until the next boot"
        case .noDevice: "load the drivers with `sudo modprobe ipmi_si ipmi_devintf`; in a container start it with `--device /dev/ipmi0`"
        case .inactive: "switch the measurement on with `sudo ipmitool dcmi power activate`, or use another meter of the node"
        case .other: "try the command by hand; many boards do not have the DCMI extension"
        }
    }
}
