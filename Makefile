# The two commands of a newcomer are `make run` and `make test`; both set up what is missing.

CARGO ?= cargo
SECONDS_PER_TARGET ?= 60
CLIENT = src/server/web/client

.PHONY: run demo test lint unit doc web browser fuzz fuzz-check bench bootstrap bootstrap-tests

# Builds the bridge and starts it with its embedded defaults. Ctrl-C leaves.
run: bootstrap
	$(CARGO) run --release --locked -- serve

# A browser, a telephone, rooms of SIP and H.323, and stand-ins for meetings of Teams, Zoom and WeCom in
# one conference on this machine: prints what each heard and saw, leaves a picture and a sound file.
demo: bootstrap-tests
	CAUSEWAY_DEMO=$(CURDIR)/target/demo $(CARGO) nextest run --locked --workspace --no-capture \
		-E 'test(service::demo::)'

# All that continuous integration asks for, cheapest complaint first.
test: bootstrap-tests lint web unit browser doc fuzz-check

# The second run has no H.264; `architecture` keeps the features of dependencies those of the first,
# so that only the crates that know of it are looked at again. The third has what is off by default.
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) clippy --locked --workspace --lib --bins --test architecture --no-default-features -- -D warnings
	$(CARGO) clippy --locked --workspace --lib --features h460-traversal -- -D warnings

# The import rule (tests/architecture.rs) and the scenarios with real telephones are among these.
unit:
	$(CARGO) nextest run --locked --workspace
	$(CARGO) nextest run --locked --workspace --lib --features h460-traversal crossing traversal
	$(CARGO) test --locked --workspace --doc --quiet

# The page by which browsers join: its types, its parts, and the whole of it in Chromium before a
# stand-in for the bridge. Pictures of each screen stay in tests/screens.
web:
	cd $(CLIENT) && npm ci && npm run build && npm test && npm run test:browser

# Chromium, Firefox and a telephone before the bridge itself, in a network of their own. Pictures
# stay in tests/browser/screens. The bridge is the one that `unit` has built.
browser:
	$(CARGO) build --locked --workspace --tests --bins
	cd tests/browser && npm ci && npm test

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps

# Every fuzz body already runs as a property test of its crate; this holds that the targets build,
# with what `lint` has checked of their dependencies.
fuzz-check:
	$(CARGO) check --locked --manifest-path tests/fuzz/Cargo.toml --target-dir target

# Each target for SECONDS_PER_TARGET with coverage guidance, on the stable toolchain.
fuzz: bootstrap
	SECONDS_PER_TARGET=$(SECONDS_PER_TARGET) tests/fuzz/run

# One JSON object a case; the head of each bench says what it measures. front_door needs SIPp and
# Kamailio, and names the package of what is missing; the click to hearing needs the browsers.
bench: bootstrap
	$(CARGO) bench --locked --bench room
	$(CARGO) bench --locked --bench video
	$(CARGO) bench --locked --bench kernel
	$(CARGO) bench --locked --bench dial
	$(CARGO) bench --locked --bench front_door
	$(CARGO) build --release --locked
	cd tests/browser && npm ci && CAUSEWAY=$(CURDIR)/target/release/causeway npm run bench

bootstrap:
	@deploy/bootstrap

bootstrap-tests:
	@deploy/bootstrap --tests
