import Foundation
import Testing

@testable import JouleProcess

struct ForwardedChildTests {
    private static func signal(_ number: Int32, fromTerminal: Bool = false) -> CaughtSignal {
        CaughtSignal(number: number, fromTerminal: fromTerminal)
    }
    private static let sleeping = ChildSpec(executable: "sleep", arguments: ["600"])

    @Test(arguments: [false, true])
    func `a signal that comes while the command is being started reaches it`(fromTerminal: Bool) async throws {
        let child = ForwardedChild()
        child.starts()
        child.forward(Self.signal(SIGTERM, fromTerminal: fromTerminal))
        let exit = try await runForeground(Self.sleeping) { child.started($0) }
        #expect(exit == .signal(SIGTERM))
    }

    @Test func `a signal reaches the running command, but not a second time after the terminal's`() async throws {
        let child = ForwardedChild()
        child.starts()
        let exit = try await runForeground(Self.sleeping) { pid in
            child.started(pid)
            child.forward(Self.signal(SIGTERM, fromTerminal: true))
            child.forward(Self.signal(SIGINT))
        }
        #expect(exit == .signal(SIGINT))
    }

    @Test func `a signal before any command is started or after it has ended is for nobody`() async throws {
        let child = ForwardedChild()
        child.forward(Self.signal(SIGTERM))
        for _ in 0..<2 {
            child.starts()
            let exit = try await runForeground(ChildSpec(executable: "true")) { child.started($0) }
            #expect(exit == .code(0))
            child.ended()
            child.forward(Self.signal(SIGTERM))
        }
    }
}
