/// The looks of all charts, for the page or the file that holds them.
package enum ChartStyle {
    package static let sheet: StaticString = """
        .chart { --ink: #1b2733; --muted: #5a6875; --grid: #dfe4ea; --axis: #97a3af; --band: #eef2f6; --band-alt: #f8fafc; --edge: #d3dae1;
          --window: #0b6e4f; --s0: #1769aa; --s1: #c85a00; --s2: #0f8a6a; --s3: #a8327d; --s4: #6d4fc2; --s5: #84680f; --s6: #2f97c1;
          --s7: #6b7280; --bad: #c62f2f; display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI",
          Roboto, "Helvetica Neue", Arial, sans-serif; }
        @media (prefers-color-scheme: dark) { .chart { --ink: #e6ebf0; --muted: #9fadba; --grid: #2b3641; --axis: #667482; --band: #1c252e;
          --band-alt: #171f27; --edge: #34404c; --window: #4cc9a0; --s0: #6db3f2; --s1: #ff9d4d; --s2: #45cfa5; --s3: #ea86c4; --s4: #ab97f2;
          --s5: #d8b74a; --s6: #7fd0ee; --s7: #a7b0ba; --bad: #ff7b72; } }
        @media print { .chart { --ink: #000; --muted: #444; --grid: #ddd; --axis: #777; --band: #eee; --band-alt: #f8f8f8; --edge: #ccc;
          --window: #0b6e4f; --s0: #1769aa; --s1: #c85a00; --s2: #0f8a6a; --s3: #a8327d; --s4: #6d4fc2; --s5: #84680f; --s6: #2f97c1;
          --s7: #6b7280; --bad: #c62f2f; } }
        .chart text { fill: var(--muted); } .chart .legend { fill: var(--ink); } .chart .note { font-size: 11px; }
        .chart .tick { font-variant-numeric: tabular-nums; } .chart .axis-title { fill: var(--muted); }
        .chart .grid { stroke: var(--grid); } .chart .axis { stroke: var(--axis); } .chart .edge { stroke: var(--edge); }
        .chart .leader { stroke: var(--edge); } .chart .band { fill: var(--band); } .chart .band.alt { fill: var(--band-alt); }
        .chart .window { fill: var(--window); fill-opacity: .06; } .chart .window-edge { stroke: var(--window); stroke-width: 1.5; fill: none; }
        .chart .window-label { fill: var(--window); font-weight: 600; paint-order: stroke; stroke: var(--band); stroke-width: 3px; }
        .chart .line { fill: none; stroke: var(--c); stroke-width: 1.4; stroke-linejoin: round; stroke-linecap: round; }
        .chart .line.strong { stroke-width: 2.1; } .chart .line.dashed { stroke-dasharray: 6 4; }
        .chart .area { fill: var(--c); fill-opacity: .2; } .chart .bar { fill: var(--c); }
        .chart .dots { stroke: var(--c); stroke-width: 3.4; stroke-linecap: round; fill: none; } .chart .strokes { stroke: var(--c); stroke-width: .8; }
        .chart .spans { stroke: var(--c); stroke-width: 1.6; stroke-linecap: round; fill: none; }
        .chart .mark { stroke: var(--c); stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
        .chart .mark-label { fill: var(--c); font-size: 11px; } .chart .mark-label.faint { fill: var(--muted); }
        .chart.sparse .dots { stroke-width: 7; }
        .chart .ink { --c: var(--ink); } .chart .faint { --c: var(--axis); } .chart .bad { --c: var(--bad); }
        .chart .s0 { --c: var(--s0); } .chart .s1 { --c: var(--s1); } .chart .s2 { --c: var(--s2); } .chart .s3 { --c: var(--s3); }
        .chart .s4 { --c: var(--s4); } .chart .s5 { --c: var(--s5); } .chart .s6 { --c: var(--s6); } .chart .s7 { --c: var(--s7); }
        """
}
