#!/bin/sh
# Makes var/conformance: the cases of Autobahn|Testsuite for Python 3, and the client library that plays them.
#
# The suite is the reference for RFC 6455, but its last release is still Python 2. Its case classes are plain enough to
# be ported by machine: lib2to3 does most of it (Python has it up to 3.12), the substitutions below the rest. Nothing of
# the suite is kept in the repository.
set -eu
here=$(dirname "$0")
place=var/conformance
suite=$place/suite/autobahntestsuite
source=autobahntestsuite==25.10.1
digest=b083d6e15330fc16f3e5f0975cce2b15f21bfa0c6db09547316b1852c6dbd6df

# The second time nothing is left to do, unless this script or the list of packages has changed.
version=$(cat "$0" "$here/requirements.txt" | sha256sum)
[ "$(cat $place/VERSION 2>/dev/null)" = "$version" ] && exit 0

echo "Fetching Autobahn|Testsuite and a client library for it (25 MB) ..."
rm -rf $place
mkdir -p $place/source
# The system's Python, not another that may come first in the path: lib2to3 has left the newest.
/usr/bin/python3 -W ignore -c 'import lib2to3' || { echo "Debian 12's Python 3.11 with lib2to3 is needed."; exit 1; }
/usr/bin/python3 -m venv $place/venv
pip="$place/venv/bin/python -m pip --quiet --disable-pip-version-check"
$pip install --only-binary=:all: --requirement "$here/requirements.txt"
echo "$source --hash=sha256:$digest" >$place/source/source.txt
$pip download --no-deps --no-build-isolation --require-hashes --requirement $place/source/source.txt \
  --dest $place/source
mkdir $place/suite
tar -xzf $place/source/*.tar.gz -C $place/suite --strip-components=1 --wildcards \
  '*/autobahntestsuite/case/*' '*/autobahntestsuite/testdata/*' '*/autobahntestsuite/caseset.py'
: >$suite/__init__.py
/usr/bin/python3 -W ignore -m lib2to3 --write --nobackups $suite >$place/port.log 2>&1

# Words that Python 3 no longer has.
sed -i 's/(object, Case, )/(Case, )/
  s/\.tostring()/.tobytes().decode("latin1")/
  s/return pickle.dumps(obj1) == pickle.dumps(obj2)/return obj1 == obj2/' $suite/case/*.py
sed -i 's/\.has_key(/.__contains__(/' $suite/caseset.py
sed -i 's/^from zope.interface import implements/pass/
  s/^\( *\)implements(.*)/\1pass/' $suite/case/case9_9_1.py
sed -i 's# / # // #' $suite/case/case10_1_1.py
# Names of the client library that are spelled otherwise today.
sed -i 's/requestNoContextTakeover/request_no_context_takeover/g; s/requestMaxWindowBits/request_max_window_bits/g
  s/acceptNoContextTakeover/accept_no_context_takeover/g; s/acceptMaxWindowBits/accept_max_window_bits/g' \
  $suite/case/case12_x_x.py
# Payloads were strings of bytes: here a string holds a byte in each character (Latin-1), as the driver expects it.
sed -i 's/v\.validate(vss\[:i\])/v.validate(vss[:i].encode("latin1"))/' $suite/case/case6_x_x.py
sed -i -E 's/^(   PAYLOAD[0-9]* *= *)("Hello[^"]*"|"[^"]*UTF-8!!")\s*$/\1\2.encode("utf8").decode("latin1")/' \
  $suite/case/case6_2_[1-3].py

rm -rf $place/source
echo "$version" >$place/VERSION
