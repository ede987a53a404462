#!/bin/sh
# Runs libFuzzer against each parser of what strangers send, for so many seconds: parsers.sh SECONDS [TARGET ...]
#
# The program is built apart, in var/fuzz/build, with every module instrumented; the normal build knows nothing of it.
# What has been found interesting stays in var/fuzz/corpus and is where the next run begins; an input that crashes is
# written to var/fuzz/crashes.
set -eu
seconds=$1
shift
[ $# -gt 0 ] || set -- json bson jwt multipart geojson phone frames
place=var/fuzz
mkdir -p $place/crashes
python3 Tests/Fuzz/seeds.py $place/corpus

echo "Building the parsers with the fuzzer (the first time takes some minutes) ..."
# Two entries: the program's own and libFuzzer's.
FIXONCALL_FUZZ=1 swift build -c release --scratch-path $place/build --product ParserFuzz --quiet \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -enable-testing -Xlinker --allow-multiple-definition

failed=
for target in "$@"; do
  echo "$target, $seconds seconds ..."
  if FUZZ_TARGET=$target $place/build/release/ParserFuzz $place/corpus/"$target" -max_total_time="$seconds" \
    -max_len=16384 -timeout=5 -rss_limit_mb=2048 -artifact_prefix=$place/crashes/"$target"- \
    >$place/"$target".out 2>&1; then
    grep -E '^#[0-9]+.*DONE' $place/"$target".out
  else
    failed="$failed $target"
    grep -E 'ERROR|SUMMARY|Fatal|Test unit' $place/"$target".out | head -n 5
  fi
done
[ -z "$failed" ] || { echo "Crashed:$failed. The inputs are in $place/crashes, the reports in $place/*.out."; exit 1; }
