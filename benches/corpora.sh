#!/usr/bin/env bash
# Fetches the public corpora that the figures in benches/README.md are about, from package registries, into DIR.
#
#   benches/corpora.sh DIR
#
# jdk/     the JDK 17 sources, from Debian's openjdk-17-source
# js/      large unminified npm packages
set -euo pipefail
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1" && cd "$1"

if [ ! -d jdk ]; then
    apt-get download openjdk-17-source
    dpkg -x openjdk-17-source_*.deb jdk.deb
    mkdir jdk.part
    python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' \
        "$(find jdk.deb -name src.zip -type f | head -n 1)" jdk.part
    mv jdk.part jdk
    rm -rf jdk.deb openjdk-17-source_*.deb
fi

# Packages as published, without their dependencies; minified files are taken out, since gate would skip them and the floor would not.
packages=(
    ajv@8.20.0 bluebird@3.7.2 codemirror@5.65.21 core-js@3.51.0 date-fns@4.4.0 echarts@5.6.0 eslint@9.39.5 express@4.22.3 handlebars@4.7.10
    jquery@3.8.0 jsdom@25.0.1 knockout@3.5.3 leaflet@1.9.4 lodash@4.18.1 mathjs@14.9.1 mocha@11.8.0 moment@2.31.0 mongodb@6.22.0
    mongoose@8.24.10 pixi.js@8.22.0 pouchdb@9.0.0 ramda@0.32.0 react-dom@18.3.1 rxjs@7.8.2 sequelize@6.37.8 socket.io@4.8.4
    svelte@5.57.3 typeorm@0.3.31 underscore@1.13.8 vue@3.5.45 webpack@5.112.2
)
if [ ! -d js ]; then
    rm -rf js.part && mkdir js.part
    for package in "${packages[@]}"; do
        folder=js.part/${package%@*}
        mkdir -p "$folder"
        (cd js.part && npm pack --silent "$package" | xargs -I{} sh -c 'tar xzf {} --strip-components=1 -C "$1" && rm {}' sh "${package%@*}")
    done
    find js.part -type f ! -name '*.js' ! -name '*.mjs' ! -name '*.cjs' ! -name '*.jsx' -delete
    find js.part -type f \( -name '*.min.*' -o -size +2000k \) -delete
    mv js.part js
fi
du -sh jdk js
