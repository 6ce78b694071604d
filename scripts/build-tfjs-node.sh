#!/usr/bin/env bash
# Builds @tensorflow/tfjs-node, the package behind --device tfjs-node, without the bucket that its own installer
# downloads libtensorflow from. Linux x64; needs node, npm, pip, python3 and g++. About half a minute and a gigabyte
# of disk while it runs.
#
#   scripts/build-tfjs-node.sh          # --device tfjs-node
#   scripts/build-tfjs-node.sh --gpu    # --device tfjs-node-gpu (never tried on a GPU)
#
# Sources: the addon's C++ from the npm package @tensorflow/tfjs-node (Apache-2.0); libtensorflow, which holds the whole
# C API, and its headers from TensorFlow's wheel on PyPI (Apache-2.0), checked by pip against the index's hash.
# Result: .cache/lomap/backends beside this repository's own packages, outside git; `npm ci` leaves it alone, and
# `rm -r .cache/lomap/backends` removes it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

package=tfjs-node wheel=tensorflow-cpu
case "${1:-}" in
  '') ;;
  --gpu) package=tfjs-node-gpu wheel=tensorflow ;;
  *)
    echo "usage: $0 [--gpu]" >&2
    exit 2
    ;;
esac
version=4.22.0                                  # the version of @tensorflow/tfjs in packages/compile/package.json
tensorflow=${TENSORFLOW_VERSION:-2.18.1}        # its wheel must hold libtensorflow_cc.so.2; 2.9's does not

if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo "This script builds for Linux x64, not $(uname -sm): the wheel's libraries are for that." >&2
  exit 1
fi
for tool in node npm python3 g++; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: install it and start this script again." >&2; exit 1; }
done
python3 -m pip --version >/dev/null || { echo 'pip is missing (Debian: apt-get install python3-pip).' >&2; exit 1; }

target=.cache/lomap/backends
mkdir -p "$target"
work=$(mktemp -d "$target/build-XXXXXX")        # same file system: what is finished is moved
trap 'rm -rf "$work"' EXIT

echo "1/4 npm: @tensorflow/$package $version"
echo '{ "private": true }' >"$work/package.json"
(cd "$work" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error \
  "@tensorflow/$package@$version" node-api-headers@1.5.0)
# One copy of TensorFlow.js: the addon's package takes the repository's own, which is above it.
find "$work/node_modules/@tensorflow" -mindepth 1 -maxdepth 1 ! -name "$package" -exec rm -rf {} +
addon=$work/node_modules/@tensorflow/$package

echo "2/4 pip: $wheel $tensorflow"
python3 -m pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps --only-binary=:all: \
  --implementation cp --python-version 311 --abi cp311 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
  --dest "$work" "$wheel==$tensorflow"

echo '3/4 libtensorflow'
python3 - "$work"/*.whl "$addon/deps" <<'PY'
"""Unpacks the two libraries and the headers of the C API."""
import os, shutil, sys, zipfile

wheel, deps = sys.argv[1:]
root = 'tensorflow/include/'
found = set()
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        base = os.path.basename(name)
        if name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            target = os.path.join(deps, 'lib', base)
            found.add(base)
        elif name.startswith(root) and name.endswith('.h') and ('/c/' in name or '/platform/' in name):
            target = os.path.join(deps, 'include', name[len(root):])
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as file:
            shutil.copyfileobj(source, file, 1 << 20)
if len(found) < 2:
    sys.exit(f'{os.path.basename(wheel)} holds {sorted(found)}; expected libtensorflow_cc and libtensorflow_framework. '
             'Choose another version with TENSORFLOW_VERSION (2.12.0, 2.18.1).')
PY
ln -sf libtensorflow_cc.so.2 "$addon/deps/lib/libtensorflow.so"
ln -sf libtensorflow_framework.so.2 "$addon/deps/lib/libtensorflow_framework.so"

echo '4/4 g++'
out=$addon/lib/napi-v8                          # where the package looks for its addon
mkdir -p "$out"
g++ -shared -fPIC -O2 -std=gnu++17 -w -DNAPI_VERSION=8 -I"$work/node_modules/node-api-headers/include" \
  -I"$addon/deps/include" "$addon"/binding/*.cc -L"$addon/deps/lib" -ltensorflow -ltensorflow_framework \
  '-Wl,-rpath,$ORIGIN/../../deps/lib' -o "$out/tfjs_binding.node"
rm -f "$work"/*.whl

# The other package's build, if there is one, stays: both have the same dependencies.
mkdir -p "$target/node_modules/@tensorflow"
cp "$work/package.json" "$target/package.json"
rm -rf "$target/node_modules/@tensorflow/$package"
mv "$addon" "$target/node_modules/@tensorflow/$package"
rmdir "$work/node_modules/@tensorflow"
cp -R "$work/node_modules/." "$target/node_modules/"
TF_CPP_MIN_LOG_LEVEL=2 node -e "
  const tf = require('./$target/node_modules/@tensorflow/$package');
  const [product] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
  if (product !== 11) throw new Error('libtensorflow computes 1 * 3 + 2 * 4 = ' + product);
  console.log('@tensorflow/$package $version with libtensorflow ' + tf.backend().binding.TF_Version + ' is ready in $target');"
