#!/bin/sh
# Makes var/fuzz/venv: schemathesis and what it needs, in the versions of requirements.txt.
#
# The second time nothing is left to do.
set -eu
here=$(dirname "$0")
place=var/fuzz
version=$(cat "$0" "$here/requirements.txt" | sha256sum)
[ "$(cat $place/VERSION 2>/dev/null)" = "$version" ] && exit 0

echo "Fetching schemathesis (20 MB) ..."
rm -rf $place/venv
mkdir -p $place
python3 -m venv $place/venv
$place/venv/bin/python -m pip --quiet --disable-pip-version-check install --only-binary=:all: \
  --requirement "$here/requirements.txt"
echo "$version" >$place/VERSION
