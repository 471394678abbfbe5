// How a report looks.
#pragma once

#include <string_view>

namespace karnin {

/// Light and dark as the reader's system has it; two columns where there is room for them.
inline constexpr std::string_view kReportStyle = R"css(
:root{color-scheme:light dark;--paper:#fff;--ink:#1b1e23;--soft:#626a75;--rule:#dfe3e8;--shade:37,99,175}
@media(prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ed;--soft:#9aa4b0;--rule:#2c323a;--shade:86,156,230}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1120px;padding:2.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.02em;margin:0}
h2{font-size:1.3rem;letter-spacing:-.01em;margin:3.5rem 0 .4rem;padding-top:1.2rem;border-top:1px solid var(--rule)}
h3{font-size:.95rem;margin:0 0 .3rem}
p,ul.text{max-width:44rem}
.lead{font-size:1.08rem;margin:1.4rem 0 0}
.text{padding-left:1.1rem}
.sd{color:var(--soft)}
.soft,figcaption,.note{color:var(--soft);font-size:.87rem}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1.5rem 2.5rem;margin:2.2rem 0}
.numbers b{display:block;font-size:2.3rem;line-height:1.15;letter-spacing:-.03em;font-weight:650}
.numbers .sd{color:inherit}
.numbers small{color:var(--soft);font-size:.87rem;display:block}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:2rem 2.5rem;margin:1.4rem 0}
.matrices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20.5rem),1fr));gap:1.6rem;margin:1.4rem 0}
figure{margin:0;min-width:0}
svg{display:block;width:100%;height:auto;overflow:visible}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:.4rem 0 0;padding:0;font-size:.82rem}
.legend i{display:inline-block;width:1.3rem;margin-right:.4rem;vertical-align:.25em}
table{border-collapse:collapse;font-size:.87rem;width:100%;margin:.4rem 0 .3rem}
th,td{padding:.22rem .35rem;text-align:right;border-bottom:1px solid var(--rule)}
th:first-child{text-align:left}
.groups th{text-align:right;border:0;padding-bottom:0}
.paired td:nth-child(2n):nth-child(-n+6){color:var(--soft)}
thead th{color:var(--soft);font-weight:500;vertical-align:bottom;line-height:1.25}
tbody th{font-weight:500}
td{white-space:nowrap}
.names td:nth-child(2),.names td:nth-child(4),.names th:nth-child(4){text-align:left;white-space:normal}
.names th:nth-child(2){text-align:left}
.range{display:block;font-size:.85em}
.grid table{font-size:.8rem}.grid th,.grid td{padding-left:.2rem;padding-right:.2rem}
.readings td:nth-child(2),.readings th:nth-child(2){text-align:left;white-space:normal}
.matrix{font-size:.72rem;table-layout:fixed}
.matrix th,.matrix td{padding:.28rem 0;text-align:center;border:0}
.matrix tbody th{text-align:left}
.matrix th:first-child{width:2.9rem}
.matrix thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;vertical-align:middle;padding:.2rem 0}
.matrix td{background:rgba(var(--shade),var(--a))}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.2rem,1fr));gap:.8rem;max-width:56rem;margin:1.2rem 0}
.samples img{width:100%;display:block;image-rendering:pixelated}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;font-size:.9rem;margin:1rem 0}
dt{color:var(--soft)}dd{margin:0;min-width:0;overflow-wrap:anywhere}
code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}
@media(max-width:560px){body{padding-top:1.4rem}h1{font-size:1.5rem}.numbers b{font-size:1.9rem}
table,.grid table{font-size:.72rem}th,td,.grid th,.grid td{padding:.22rem .12rem}td:not(:empty) .sd{display:block;font-size:.9em}
.range{white-space:nowrap;font-size:.78em}.readings th,.readings td,.readings .range{white-space:normal;overflow-wrap:anywhere}
.wide tr:not(.groups) :last-child{display:none}.groups th{white-space:normal}.matrix{font-size:.66rem}
.samples{grid-template-columns:repeat(5,1fr);gap:.5rem}dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}}
)css";

}  // namespace karnin
