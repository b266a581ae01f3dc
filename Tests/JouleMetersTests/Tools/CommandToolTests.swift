import Foundation
import JouleModel
import JouleProcess
import JouleUnits
import Testing

@testable import JouleMeters

@Suite(.timeLimit(.minutes(2))) struct `Programs that measure` {
    @Test func `they start also where every thread of the pool waits for one`() async throws {
        let count = 4 * ProcessInfo.processInfo.activeProcessorCount
        let echo = try #require(CommandTool(named: "echo"))
        let answers = try await withThrowingTaskGroup { group in
            for number in 0..<count { group.addTask { try echo.output(["\(number)"], patience: .seconds(60)) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == Set((0..<count).map { "\($0)\n" }))
    }

    @Test func `one that does not end is ended after a while`() async throws {
        let fake = try FakeTool("slow", "exec sleep 600")
        let tool = fake.tool
        await #expect { try await onThread { try tool.output([], patience: .milliseconds(200)) } } throws: { error in
            (error as? Failure)?.code == "meter.timeout" && (error as? Failure)?.remedy?.contains(tool.executable) == true
        }
    }
}
