import JouleHTTP
import Testing

struct PrometheusTextTests {
    @Test func `series are read with labels, and comments, blanks and stamps passed over`() {
        let page = PrometheusText(
            "# HELP vllm:x A help.\r\n# TYPE vllm:x counter\r\nvllm:x{engine=\"0\",model_name=\"a \\\"b\\\" \\\\ c\\nd\"} 1.5e3 1700000000\r\n\n  y 2\ny{a=\"1\",} 3\n"
        )
        #expect(page.unreadableLines == 0)
        #expect(page.series.map(\.name) == ["vllm:x", "y", "y"])
        #expect(page.series[0].labels == ["engine": "0", "model_name": "a \"b\" \\ c\nd"])
        #expect(page.series.map(\.value) == [1_500, 2, 3])
    }

    @Test func `a name is summed over its labels, and what is no number is left out`() {
        let page = PrometheusText("a{e=\"0\"} 1\na{e=\"1\"} 2\nb +Inf\nb 4\nc NaN\n")
        #expect(page.sums { $0 != "c" } == ["a": 3, "b": 4])
        #expect(page.sums { _ in true }["c"] == nil)
    }

    @Test(arguments: ["{x=\"1\"} 2", "a{x=1} 2", "a{x=\"1\" 2", "a", "a x", "a{x=\"1\"}", "1a 2", "a{x=\"unterminated} 2"])
    func `a line that is no series is counted and the rest of the page is read`(line: String) {
        let page = PrometheusText("ok 1\n\(line)\nok 2\n")
        #expect(page.unreadableLines == 1)
        #expect(page.sums { _ in true } == ["ok": 3])
    }
}
