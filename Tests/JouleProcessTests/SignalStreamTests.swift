import Foundation
import JouleProcess
import Testing

/// In processes of their own, because a signal belongs to the whole process.
struct SignalStreamTests {
    @Test func `signals are delivered one by one, with where they came from`() async {
        await #expect(processExitsWith: .success) {
            let stream = try SignalStream(catching: [CaughtSignal.interrupt, CaughtSignal.terminate, CaughtSignal.hangUp])
            var signals = stream.signals.makeAsyncIterator()
            for number in [SIGINT, SIGTERM, SIGHUP, SIGINT] {
                sendSignal(number, to: getpid())
                let caught = await signals.next()
                #expect(caught?.number == number)
                #expect(caught?.fromTerminal == false)
            }
        }
    }

    @Test func `a signal that is not caught does what it always does`() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            _ = try SignalStream(catching: [CaughtSignal.interrupt])
            sendSignal(SIGTERM, to: getpid())
            try await Task.sleep(for: .seconds(600))
        }
    }
}

struct OwnThreadTests {
    @Test func `work on a thread of its own may block`() async throws {
        let done = Box(false)
        let gate = DispatchSemaphore(value: 0)
        #expect(
            onOwnThread {
                gate.wait()
                done.change { $0 = true }
            })
        #expect(!done.value)
        gate.signal()
        #expect(try await eventually { done.value })
    }
}
