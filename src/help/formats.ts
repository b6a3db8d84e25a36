export const formats = `OUTPUT FORMATS  -o FORMAT, --output FORMAT, PMX_OUTPUT=FORMAT
  table                    For people: sizes and times in words, cut to the terminal's width.
  wide                     More columns.
  json                     One document; the same as --json. Errors are documents, too.
  jsonl                    One line of JSON for each row.
  yaml                     One document.
  csv                      Raw values (bytes, seconds) under the names of the JSON fields.
  name                     Only what other commands take: pmx vm list -o name | xargs pmx vm start
  custom-columns=ID:.vmid,TAG:.tags[0]
  jsonpath={[*].name}      RFC 9535 in kubectl's braces; {.items[*].name} means the same.
  jsonpath={range [*]}{.vmid}{"\\n"}{end}

LISTS
  --columns name,memory    These columns in this order; any field of the JSON output may be one.
  --sort-by -memory,name   By the raw value; - for the other way round.
  --filter KEY=VALUE       KEY!=VALUE, KEY~GLOB, KEY!~GLOB, KEY>N, KEY>=N, KEY<N, KEY<=N;
                           several with commas (all must hold; \\, for a comma).
                           N may have a unit: K M G T (bytes, 1024), s m h d (time), %.
  --no-headers             Without the line of names.
  --watch, --watch 5s      Again and again until Ctrl-C; for programs with -o jsonl.

  A table that is longer than the terminal goes through PMX_PAGER, PAGER or less;
  PMX_PAGER= turns that off.`;
