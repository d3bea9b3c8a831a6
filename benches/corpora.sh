#!/usr/bin/env bash
# Fetches the public corpora that the figures in benches/README.md are about, from package registries, into DIR.
#
#   benches/corpora.sh DIR
#
# jdk/     the JDK 17 sources, from Debian's openjdk-17-source
# spring/  Spring Framework's sources jars, from Maven Central (skipped where that is not reached)
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

# Development builds and sources as published; node_modules is renamed since gate leaves folders of that name out.
packages=(
    @angular/core@18.2.13 @babel/parser@7.26.3 @tensorflow/tfjs-core@4.22.0 ajv@8.17.1 angular@1.8.3 antd@5.22.5 babylonjs@7.40.1 bluebird@3.7.2
    chart.js@4.4.7 codemirror@5.65.18 core-js@3.39.0 d3@7.9.0 date-fns@4.1.0 echarts@5.5.1 ember-source@5.12.0 eslint@9.17.0
    express@4.21.2 fabric@6.5.3 handlebars@4.7.8 highcharts@11.4.8 highlight.js@11.11.1 jquery@3.7.1 jsdom@25.0.1 knockout@3.5.1
    leaflet@1.9.4 lodash@4.17.21 lodash-es@4.17.21 mathjs@14.0.1 mocha@11.0.1 moment@2.30.1 mongodb@6.12.0 mongoose@8.9.2
    pdfjs-dist@4.10.38 phaser@3.87.0 pixi.js@8.6.6 plotly.js@2.35.3 pouchdb@9.0.0 prettier@3.4.2 ramda@0.30.1 react-dom@18.3.1 rollup@4.29.1
    rxjs@7.8.1 sequelize@6.37.5 socket.io@4.8.1 svelte@5.16.0 three@0.172.0 typeorm@0.3.20 underscore@1.13.7 vue@3.5.13 webpack@5.97.1 xlsx@0.18.5
)
if [ ! -d js ]; then
    rm -rf js.part && mkdir js.part
    (
        cd js.part
        echo '{"private": true}' >package.json
        npm install --silent --ignore-scripts --no-audit --no-fund --legacy-peer-deps "${packages[@]}"
    )
    mv js.part/node_modules js
    # Nested dependencies would be left out for their folder's name.
    find js -depth -name node_modules -type d -execdir mv {} nested \;
    rm -rf js.part
fi
du -sh jdk js
