import JouleUnits

/// The power that the visible threads are taken to draw at full load, and where that comes from.
struct CPURating: Hashable {
    /// For a thread of a part that is not known: between the 2 W of a large server part and the 5 W of a small one.
    static let perThread = Watts(4)
    /// The share of full power that an idle processor still draws.
    static let idleShare = 0.1

    let fullPower: Watts
    /// Half-width at 95 %.
    let gain: Double
    let note: String

    init(_ cpu: CPUDescription) {
        let visible = Double(cpu.visible.count)
        let byThreads = Self.perThread * visible
        let threads = "\(cpu.visible.count) of \(cpu.online.count) threads visible"
        let name = cpu.model ?? "processor without a name"
        guard let model = cpu.model, let rated = CPUName.ratedPower(of: model, vendor: cpu.vendor) else {
            fullPower = byThreads
            gain = 0.75
            note = "no rated power is known for \(name): \(plain(Self.perThread.rawValue)) W per thread, \(threads)"
            return
        }
        let source = "TDP \(plain(rated.power.rawValue)) W (\(rated.name), \(CPUPowerTable.source))"
        guard let part = cpu.threadsPerSocket else {
            fullPower = byThreads
            gain = 0.75
            note = "\(source), but the part's threads are not known: \(plain(Self.perThread.rawValue)) W per thread, \(threads)"
            return
        }
        let scaled = rated.power * (visible / part)
        guard cpu.isVirtual == true else {
            fullPower = scaled
            gain = 0.5
            note = "\(source) for \(Int(part.rounded())) threads, \(threads)"
            return
        }
        // The guest sees the sockets and threads that it was given, not those of the silicon: four virtual processors of a 280 W
        // part do not draw 280 W. So the rated power is a ceiling here, not the figure.
        fullPower = min(scaled, byThreads)
        gain = 0.75
        note = "virtual machine, \(threads): the lesser of \(source) and \(plain(Self.perThread.rawValue)) W per thread"
    }

    /// The power at a load between 0 and 1.
    func power(atLoad load: Double) -> Watts { fullPower * (Self.idleShare + (1 - Self.idleShare) * load) }
}

/// A number as people write it: `280`, `2.7`.
func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
