import JouleUnits
import Testing

@testable import StubServing

/// What a server has worked on, and for how long.
struct ServerActivityTests {
    @Test func `times add up to the time that passed, and go to the state that lasted`() {
        let start = Instant.now
        let activity = ServerActivity()
        activity.began()
        activity.began()
        activity.tookFirstToken()
        // One still reads its prompt.
        spin(.milliseconds(2))
        let (first, _) = activity.read()
        activity.tookFirstToken()
        spin(.milliseconds(3))
        activity.ended(hadFirstToken: true)
        activity.ended(hadFirstToken: true)
        let (busy, _) = activity.read()
        spin(.milliseconds(1))
        let (last, instant) = activity.read()
        #expect(first.prefill >= .milliseconds(2) && first.decode == .zero)
        #expect(busy.decode >= .milliseconds(3))
        #expect(last.idle - busy.idle >= .milliseconds(1) && last.prefill == busy.prefill && last.decode == busy.decode)
        #expect(last.idle + last.prefill + last.decode <= instant - start)
    }

    @Test func `a request that ends before its first token reads no more`() {
        let activity = ServerActivity()
        activity.began()
        activity.ended(hadFirstToken: false)
        let (before, _) = activity.read()
        spin(.milliseconds(1))
        let (after, _) = activity.read()
        #expect(after.prefill == before.prefill && after.idle > before.idle)
    }

    private func spin(_ span: Duration) {
        let end = Instant.now + span
        while Instant.now < end {}
    }
}
