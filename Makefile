# make          builds the switch
# make run      builds it and shows it at work: captured traffic through a learning bridge
# make test     builds everything, runs each fuzz target for a moment (FUZZ=600 for ten minutes) and all tests
# make bench    compares it with Open vSwitch's DPDK datapath (BENCH="--quick" for a short run)
# make install  puts it under $(DESTDIR)$(PREFIX)
# make deb      makes a Debian package in .build/, which puts it in the place of ovs-vswitchd

PREFIX  ?= /usr/local
SECONDS ?= 10
BENCH   ?=
FUZZ    ?= 10
SWIFT   ?= swift

# What building and running needs, and what the tests and benchmarks need besides.
PACKAGES      = libdpdk-dev libnuma-dev pkg-config
DEB_PACKAGES  = dpkg-dev binutils
TEST_PACKAGES = $(DEB_PACKAGES) dpdk-dev openvswitch-switch openvswitch-switch-dpdk tcpdump tcpreplay iperf3 iproute2 iputils-ping \
                dnsmasq-base dnsutils curl ethtool python3-scapy python3-venv python3-dev openvswitch-testcontroller

.PHONY: all deps test-deps build run test bench install deb clean

all: build

deps:
	@config/install-packages $(PACKAGES)

test-deps: deps
	@config/install-packages $(TEST_PACKAGES)
	@config/install-python .build/python

build: deps
	$(SWIFT) build -c release --product needletaild
	$(SWIFT) build -c release --product needletail

run: build
	.build/release/needletail demo --seconds $(SECONDS)

# Tests that make network namespaces need root; without it they fail, they are not skipped in silence.
# FUZZ: seconds for each fuzz target; what it finds is left in Tests/Fuzz/.build/findings/.
test: test-deps
	Tests/Fuzz/run $(FUZZ)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build --no-parallel

bench: test-deps build
	$(SWIFT) build -c release --product bench
	$(SWIFT) build -c release --product prober
	.build/release/bench $(BENCH)

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/needletail
	install -m 755 .build/release/needletaild .build/release/needletail $(DESTDIR)$(PREFIX)/bin
	install -m 644 config/*.yaml config/*.pcap $(DESTDIR)$(PREFIX)/share/needletail

# The package has Swift's runtime in its programs, so they have a build of their own.
deb: deps
	@config/install-packages $(DEB_PACKAGES)
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build/static --product needletaild
	$(SWIFT) build -c release --static-swift-stdlib --scratch-path .build/static --product needletail
	config/debian/make-package .build/static/release .build

clean:
	$(SWIFT) package clean
	rm -rf .build/static .build/*.deb
