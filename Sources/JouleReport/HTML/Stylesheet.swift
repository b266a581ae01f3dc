/// The looks of a report: the reader's own typeface, light or dark as the reader prefers, plain on paper.
enum Stylesheet {
    static let page: StaticString = """
        :root { --paper: #f6f8fa; --card: #ffffff; --ink: #1b2733; --muted: #5a6875; --line: #dfe4ea; --accent: #1769aa;
          --good: #0b6e4f; --good-bg: #e3f4ec; --caution: #8a5300; --caution-bg: #fdf0d8; --bad: #a82424; --bad-bg: #fde7e5;
          --note: #2b5d8a; --note-bg: #e6f0f9; --code: #eef2f6; }
        @media (prefers-color-scheme: dark) { :root { --paper: #10161c; --card: #171f27; --ink: #e6ebf0; --muted: #9fadba; --line: #2b3641;
          --accent: #6db3f2; --good: #6fd6b0; --good-bg: #12312a; --caution: #f0bd6a; --caution-bg: #382b13; --bad: #ff9b93;
          --bad-bg: #3c1d1d; --note: #9cc7ee; --note-bg: #172c40; --code: #202a34; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
          "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
        main { max-width: 1080px; margin: 0 auto; padding: 28px 20px 40px; }
        h1 { font-size: 26px; line-height: 1.2; margin: 0 0 10px; letter-spacing: -.01em; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 0 0 2px; } h3 { font-size: 13.5px; margin: 16px 0 6px; }
        p { margin: 0; } code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 18px; margin-top: 16px; }
        .hint { color: var(--muted); font-size: 13px; margin-bottom: 10px; }
        .badges { display: flex; flex-wrap: wrap; gap: 8px; }
        .badge, .tag { border-radius: 4px; background: var(--code); color: var(--ink); }
        .badge { padding: 3px 10px; font-weight: 600; font-size: 13.5px; } .tag { padding: 1px 6px; font-size: 11.5px; white-space: nowrap; }
        .badge.good, .tag.good { background: var(--good-bg); color: var(--good); }
        .badge.caution, .tag.caution { background: var(--caution-bg); color: var(--caution); }
        .badge.bad, .tag.bad { background: var(--bad-bg); color: var(--bad); } .tag.note { background: var(--note-bg); color: var(--note); }
        .notice { margin-top: 12px; padding: 8px 12px; border-left: 3px solid var(--caution); background: var(--caution-bg); font-size: 14px; }
        .notice.bad { border-color: var(--bad); background: var(--bad-bg); }
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 6px 24px; margin: 14px 0 0; font-size: 13.5px; }
        .facts div { display: flex; gap: 10px; } .facts dt { flex: 0 0 62px; color: var(--muted); }
        .facts dd { margin: 0; overflow-wrap: anywhere; } .facts.wide dt { flex-basis: 132px; }
        .facts.one { grid-template-columns: 1fr; margin-top: 8px; } .facts.one dt { flex-basis: 74px; }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(192px, 1fr)); gap: 12px; padding: 0; border: 0; background: none; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
        .cards .card:first-child { border-color: var(--accent); border-top-width: 3px; padding-top: 10px; }
        .card h3 { margin: 0; font-size: 12px; font-weight: 500; color: var(--muted); }
        .card .value { font-size: 25px; line-height: 1.25; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
        .card .unit { font-size: 14px; font-weight: 400; color: var(--muted); letter-spacing: 0; }
        .card .interval { font-size: 13px; color: var(--muted); font-variant-numeric: tabular-nums; }
        .card .origin { margin-top: 6px; display: flex; flex-wrap: wrap; gap: 5px; } .card.none .value { color: var(--muted); }
        .flags { list-style: none; margin: 8px 0 0; padding: 0; } .flags li { border-left: 3px solid var(--note); padding: 3px 0 3px 12px; margin-top: 9px; }
        .flags > .caution { border-color: var(--caution); } .flags > .bad { border-color: var(--bad); }
        .flags .detail, .remedy { color: var(--muted); } .remedy { font-size: 13.5px; }
        .scroll, .figure { overflow-x: auto; } .figure .chart { min-width: 640px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 14px 22px; }
        .remark { margin-top: 8px; font-size: 14px; } .pairs { display: flex; flex-wrap: wrap; gap: 4px 48px; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; font-size: 12px; color: var(--muted); vertical-align: bottom; }
        th.fig { text-align: center; }
        th, td { padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); } td { vertical-align: top; }
        tbody tr:last-child td { border-bottom: 0; } .n { text-align: right; white-space: nowrap; }
        td.v { padding-right: 5px; } .pm { color: var(--muted); white-space: nowrap; }
        .absent { color: var(--muted); } td.absent small { font-size: 11.5px; }
        pre { margin: 8px 0 0; padding: 12px 14px; background: var(--code); border-radius: 6px; overflow-x: auto; line-height: 1.45; }
        footer { margin-top: 20px; color: var(--muted); font-size: 12.5px; } footer p { margin-top: 4px; }
        @media (max-width: 480px) { main { padding: 18px 12px; } .cards { grid-template-columns: 1fr 1fr; } .card .value { font-size: 20px; }
          section { padding: 12px; } }
        @media print { :root { --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #bbb; --accent: #333; --good: #0b5a41;
            --good-bg: #fff; --caution: #6d4200; --caution-bg: #fff; --bad: #8c1414; --bad-bg: #fff; --note: #234d73; --note-bg: #fff; --code: #fff; }
          @page { margin: 14mm; } body { font-size: 10.5pt; } main { max-width: none; padding: 0; } section { padding: 8px 0; border: 0;
            border-top: 1px solid var(--line); border-radius: 0; } .card { break-inside: avoid; padding: 6px 10px; } .cards { border: 0; gap: 8px; }
          .badge, .tag { border: 1px solid currentColor; } h2, h3 { break-after: avoid; } tr, .figure, .flags li { break-inside: avoid; } .hint { break-after: avoid; }
          .scroll, .figure { overflow: visible; } table { font-size: 8.5pt; } th, td { padding: 3px 8px 3px 0; } .figure .chart { min-width: 0; }
          pre { white-space: pre-wrap; border: 1px solid var(--line); } }
        """
}
