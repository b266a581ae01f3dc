import JouleAnalysis
import JouleMeters
import JouleModel
import JouleReport
import JouleStore
import JouleUnits

extension AnalyzeCommand {
    /// The energy of requests out of a power log and a log of requests that were taken side by side.
    func captured(_ power: String, _ requests: String, _ console: Console) throws -> Int32 {
        guard fit == nil else {
            throw Failure("usage.analyze", "--fit needs a run: captured logs do not tell prefill from decode", remedy: "leave --fit out")
        }
        let offset = try capturedOffset()
        let log = try CapturedPowerLog.read(file: power, offset: offset)
        let table = try CapturedRequestLog.read(file: requests)
        guard let span = table.span else {
            throw Failure("import.request-log", "the log of requests has no request with a length: \(requests)")
        }
        let assumption = try log.align(with: span)
        let idle = try capturedIdle(for: log, offset: offset)
        let run = ImportedRun(
            power: log.series, requests: table.requests.map(ImportedRun.Request.init), idlePower: idle?.value,
            samplePeriod: log.samplePeriod)
        let totals = run.totals()
        var summary = CapturedSummary(totals, scope: run.scope, idle: idle?.figure, unsent: table.unsent, isUnix: log.clock == .unix)
        summary.notes = log.notes + table.notes + (idle?.notes ?? []) + (assumption.map { [$0] } ?? [])
        if let toolkitSummary { try FileSystem.write(try toolkitText(totals, idle: idle?.value), to: toolkitSummary) }
        if json {
            console.result(String(decoding: try JSONText.encode(summary), as: UTF8.self))
        } else {
            console.result(CapturedText.render(summary, width: min(console.width, 100), color: console.outputColor))
        }
        return totals.total.value == nil ? ExitStatus.partial : ExitStatus.success
    }

    private func capturedOffset() throws -> UTCOffset? {
        guard let utcOffset else { return nil }
        guard let offset = UTCOffset(utcOffset) else {
            throw Failure("usage.analyze", "`\(utcOffset)` is no offset from UTC", remedy: "say it like `--utc-offset +02:00`")
        }
        return offset
    }

    private func capturedIdle(for log: CapturedPowerLog, offset: UTCOffset?) throws -> CapturedIdle? {
        switch (idleLog, idlePower) {
        case (nil, nil): return nil
        case (nil, let watts?):
            guard watts.isFinite, watts >= 0 else {
                throw Failure("usage.analyze", "an idle power of \(watts) W cannot be", remedy: "say it like `--idle-power 62.5`")
            }
            return CapturedIdle(
                value: Watts(watts), figure: Figure(value: watts, unit: Watts.symbol, method: EnergyMethod.assumed.rawValue))
        case (let file?, nil): return try CapturedIdle(try CapturedPowerLog.read(file: file, offset: offset).baseline(for: log))
        case (_?, _?):
            throw Failure("usage.analyze", "--idle-log and --idle-power both say what the idle power is", remedy: "give one of them")
        }
    }

    private func toolkitText(_ totals: ImportedRun.Totals, idle: Watts?) throws -> String {
        // The format counts tokens; a count that nobody took would stand there as zero.
        guard let tokens = totals.outputTokens.value else {
            throw Failure("import.tokens", "the older toolkit's summary cannot be written", cause: totals.outputTokens.reason)
        }
        return ToolkitSummary.json(
            seconds: totals.window.value?.duration.seconds, idleWatts: idle?.rawValue, totalJoules: totals.total.value?.value.rawValue,
            activeJoules: totals.active.value?.value.rawValue, completionTokens: Int(tokens))
    }
}

/// The idle power, and where it comes from.
private struct CapturedIdle {
    let value: Watts
    let figure: Figure
    var notes: [String] = []
}

extension CapturedIdle {
    /// The mean over the time that all devices of an idle log cover.
    init(_ log: CapturedPowerLog) throws(Failure) {
        let mean = ImportedRun(power: log.series, requests: [], samplePeriod: log.samplePeriod).totals(over: .powerLog).meanPower
        guard let watts = mean.value else {
            throw Failure(
                "import.idle-log", "the idle log has no mean power", cause: mean.reason,
                remedy: "give the idle power with `--idle-power W`",
                source: SourcePlace(file: log.file, line: 1, column: 1))
        }
        self.init(value: Watts(watts), figure: mean, notes: log.notes)
    }
}

extension ImportedRun.Request {
    fileprivate init(_ request: CapturedRequestLog.Request) {
        self.init(
            sent: request.started, latency: request.latency, inputTokens: request.inputTokens, outputTokens: request.outputTokens,
            succeeded: request.succeeded)
    }
}

extension CapturedSummary {
    /// - Parameter isUnix: whether the instants count from 1970.
    fileprivate init(_ totals: ImportedRun.Totals, scope: Scope, idle: Figure?, unsent: Int, isUnix: Bool) {
        func seconds(_ instant: Instant) -> Double { Double(instant.nanoseconds) / 1e9 }
        func time(_ instant: Instant) -> String? { isUnix ? isoTimestamp(unixSeconds: seconds(instant)) : nil }
        let window = totals.window.value.map { window in
            Window(
                startedAt: time(window.lowerBound), endedAt: time(window.upperBound), startSeconds: seconds(window.lowerBound),
                endSeconds: seconds(window.upperBound), durationSeconds: window.duration.seconds)
        }
        self.init(
            scope: scope, window: window, requests: Requests(succeeded: totals.succeeded, failed: totals.failed, unsent: unsent))
        self[.energy] = Self.figure(totals.total, scope: scope)
        self[.activeEnergy] = Self.figure(totals.active, scope: scope)
        self[.meanPower] = totals.meanPower
        self[.idlePower] = idle ?? .absent(unit: Watts.symbol, reason: "neither --idle-log nor --idle-power was given")
        self[.inputTokens] = Self.count(totals.inputTokens)
        self[.outputTokens] = Self.count(totals.outputTokens)
        self[.joulesPerOutputToken] = totals.joulesPerOutputToken
        self[.activeJoulesPerOutputToken] = totals.activeJoulesPerOutputToken
        self[.outputTokensPerSecond] = totals.outputTokensPerSecond
    }

    private static func figure(_ reading: Reading<Measured<Joules>>, scope: Scope) -> Figure {
        switch reading {
        case .value(let measured): measured.figure
        case .absent(let reason): .absent(unit: Joules.symbol, scope: scope, reason: reason)
        }
    }

    private static func count(_ reading: Reading<Double>) -> Figure {
        switch reading {
        case .value(let count): Figure(value: count, unit: "token", method: "counted")
        case .absent(let reason): .absent(unit: "token", reason: reason)
        }
    }
}
