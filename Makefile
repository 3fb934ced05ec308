# decant - `make help` lists the targets.  One makefile, no recursion into
# folders: every flavour builds the same sources into build/<flavour>/.

FLAVOUR ?= release
B       := build/$(FLAVOUR)
CC      ?= cc
PKGS    := libpq libxxhash libzstd zlib libpcre2-8 libidn2 libxml-2.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wmissing-declarations -Wold-style-definition \
        -Wvla -Wundef -Wwrite-strings -Wcast-qual -Wpointer-arith -Wformat=2 \
        -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion
BASE := -std=c11 -D_GNU_SOURCE -I. -I$(B)/gen -fno-common -fno-strict-aliasing
HARD := -fstack-protector-strong -D_FORTIFY_SOURCE=2
SAN  := -g -O1 -fno-omit-frame-pointer -DDECANT_DEBUG

FLAGS_release := -O2 -g $(HARD)
FLAGS_debug   := -Og -g3 -DDECANT_DEBUG -DDECANT_FAULTS
FLAGS_asan    := $(SAN) -DDECANT_FAULTS -fsanitize=address,undefined \
                 -fno-sanitize-recover=all
FLAGS_cov     := -O0 -g --coverage -DDECANT_DEBUG -DDECANT_FAULTS
FLAGS_fuzz    := $(SAN) -fsanitize=fuzzer-no-link,address,undefined
ifeq ($(filter $(FLAVOUR),release debug asan cov fuzz),)
$(error FLAVOUR=$(FLAVOUR): know release debug asan cov fuzz)
endif

CFLAGS ?= $(FLAGS_$(FLAVOUR))
ALL     = $(BASE) $(WARN) $(WERROR) $(CFLAGS) $(ISA)
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS))
LEAF_LIBS := $(shell pkg-config --libs libpcre2-8 libidn2 libxml-2.0) # libvalidate's own

# --- what there is ---------------------------------------------------------
VALIDATE := $(sort $(wildcard validate/*/*.c))
STAGE    := $(sort $(wildcard importer/stage/*.c))
WORLD    := $(sort $(wildcard importer/sys/*.c importer/pg/*.c \
                              importer/report/*.c importer/run/*.c))
CLI      := $(sort $(filter-out cli/chem_main.c,$(wildcard cli/*.c)))
CHEM     := cli/chem_main.c # decant-chem: the only one that sees Open Babel
UNIT     := $(sort $(wildcard tests/unit/*/test_*.c))
FUZZ     := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH    := $(sort $(wildcard bench/*.c))
HEADERS  := $(sort $(wildcard validate/*/*.h importer/*/*.h cli/*.h))
OURS     := $(VALIDATE) $(STAGE) $(WORLD) $(CLI) $(HEADERS) $(UNIT) $(FUZZ) \
            $(CHEM) validate/chem/openbabel.cpp \
            $(BENCH) $(sort $(wildcard tests/*.h tests/*/*.h tests/fuzz/replay.c \
            tests/tools/*.c tests/slow/*.c tests/conformance/*.c tests/faults/*.c))

# The first is also the C library that `make install` installs.
LIBV := $(B)/libdecant.a
LIBS := $(B)/libstage.a
LIBW := $(B)/libworld.a
obj   = $(patsubst %.c,$(B)/%.o,$(1))

.DEFAULT_GOAL := all
BABEL := $(shell pkg-config --exists openbabel-3 && echo $(B)/decant-chem)
all: $(B)/decant $(BABEL)       ## the programs, build/<flavour>/decant*

# --- how it is made --------------------------------------------------------
# Kernels for one instruction set each; which one runs is chosen at run time.
ifeq ($(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1),x86_64)
$(B)/validate/json/kernel_avx512.o: ISA := -mavx512f -mavx512bw -mavx512vl \
    -mavx512vbmi -mavx512vbmi2 -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt -mpclmul
$(B)/validate/json/kernel_avx2.o: ISA := -mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt \
    -mpclmul
$(B)/validate/json/kernel_ssse3.o: ISA := -mssse3
endif

# The tolerant reader is many small steps; inlining them pays.  Gathering what
# was just stored into vectors does not: the loads wait for the stores.
ifeq ($(FLAVOUR),release)
$(call obj,$(wildcard validate/json/mend*.c validate/json/repair*.c \
    validate/smiles/*.c)): ISA := -O3 -fno-tree-slp-vectorize
endif

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

PROFILES := $(patsubst %,profiles/%.json,raw text qa mcq qti \
    synthesis embedding)
$(B)/gen/profiles.inc: $(PROFILES) scripts/embed_profiles Makefile
	@mkdir -p $(@D)
	scripts/embed_profiles $(PROFILES) >$@.new && mv $@.new $@
$(B)/validate/record/builtin.o: $(B)/gen/profiles.inc
$(LIBV): $(call obj,$(VALIDATE))
	@rm -f $@
	$(AR) rcs $@ $^
$(LIBS): $(call obj,$(STAGE))
	@rm -f $@
	$(AR) rcs $@ $^
$(B)/gen/sql.inc: $(sort $(wildcard sql/*.sql)) scripts/embed_sql
	@mkdir -p $(@D)
	scripts/embed_sql $(sort $(wildcard sql/*.sql)) >$@.new && mv $@.new $@
$(call obj,$(filter importer/pg/%,$(WORLD))): $(B)/gen/sql.inc
$(LIBW): $(call obj,$(WORLD))
	@rm -f $@
	$(AR) rcs $@ $^
$(B)/decant: $(call obj,$(CLI)) $(LIBW) $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

# A work under the GPL-2, by linking: nothing else links libopenbabel.
$(B)/validate/chem/openbabel.o: ISA := $(WERROR) \
    $(patsubst -I%,-isystem %,$(shell pkg-config --cflags openbabel-3))
$(B)/decant-chem: $(call obj,$(CHEM)) $(B)/validate/chem/openbabel.o $(LIBW) \
    $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ $(shell pkg-config --libs openbabel-3) -lstdc++ \
	    -lpthread $(LDLIBS)

# A test links the floors it is about and those below, nothing else.
$(B)/tests/unit/validate/%: $(B)/tests/unit/validate/%.o $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka $(LEAF_LIBS) $(LDLIBS)
$(B)/tests/unit/stage/%: $(B)/tests/unit/stage/%.o $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka $(LEAF_LIBS) $(LDLIBS)
$(B)/tests/unit/world/%: $(B)/tests/unit/world/%.o $(LIBW) $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka $(PKG_LIBS) $(LDLIBS)
$(B)/tests/unit/chem/%: $(B)/tests/unit/chem/%.o \
    $(B)/validate/chem/openbabel.o $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka $(shell pkg-config --libs openbabel-3) \
	    -lstdc++ $(LDLIBS)
$(B)/tests/slow/%: $(B)/tests/slow/%.o $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka $(LEAF_LIBS) $(LDLIBS)
# Other parsers are met only here; no C++ enters the program.
$(B)/%.o: %.cpp Makefile
	@mkdir -p $(@D)
	$(CC) -std=c++17 -I. -Wall -Wextra $(CFLAGS) $(ISA) -MMD -MP -c -o $@ $<
$(B)/tests/conformance/%: $(B)/tests/conformance/%.o \
    $(B)/tests/conformance/oracle.o $(B)/tests/conformance/oracle_jansson.o \
    $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lcmocka -lsimdjson -ljansson -lstdc++ -lm $(LEAF_LIBS) $(LDLIBS)
$(B)/bench/simdjson_side.o $(B)/bench/simdjson_check.o: ISA := -O3 -march=native
$(B)/bench/bench_json: $(B)/bench/bench_json.o $(B)/bench/simdjson_side.o \
    $(LIBV)
	$(CC) $(ALL) -o $@ $^ -lsimdjson -lstdc++ -lm $(LEAF_LIBS) $(LDLIBS)
$(B)/bench/simdjson_check: $(B)/bench/simdjson_check.o $(B)/bench/simdjson_side.o
	$(CC) $(ALL) -o $@ $^ -lsimdjson -lstdc++ -lm $(LDLIBS)
$(B)/bench/bench_repair $(B)/bench/bench_schema $(B)/bench/bench_smiles: %: %.o \
    $(LIBV)
	$(CC) $(ALL) -o $@ $^ $(LEAF_LIBS) $(LDLIBS)
$(B)/bench/babel_side.o: ISA := $(patsubst -I%,-isystem %,$(shell \
    pkg-config --cflags openbabel-3))
$(B)/bench/babel_side: $(B)/bench/babel_side.o
	$(CC) -o $@ $^ $(shell pkg-config --libs openbabel-3) -lstdc++ $(LDLIBS)
$(B)/tests/tools/%: $(B)/tests/tools/%.o $(LIBS) $(LIBV)
	$(CC) $(ALL) -o $@ $^ $(LEAF_LIBS) $(LDLIBS)
$(B)/tests/replay/%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(LIBS) $(LIBV)
	@mkdir -p $(@D)
	$(CC) $(ALL) -o $@ $^ $(LEAF_LIBS) $(LDLIBS)
$(B)/tests/fuzz/%: tests/fuzz/fuzz_%.c $(LIBS) $(LIBV)
	@mkdir -p $(@D)
	$(CC) $(ALL) -fsanitize=fuzzer -o $@ $^ $(LEAF_LIBS) $(LDLIBS)

# --- how it is tested ------------------------------------------------------
UNITS   := $(patsubst %.c,$(B)/%,$(UNIT))
SLOWS   := $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/slow/test_*.c)))
CONFORM := $(patsubst %.c,$(B)/%,$(sort $(wildcard tests/conformance/test_*.c)))
REPLAYS := $(patsubst tests/fuzz/fuzz_%.c,$(B)/tests/replay/%,$(FUZZ))
.SECONDARY:

tests: $(UNITS) $(SLOWS) $(REPLAYS) ## build every C test
test: all                       ## every test of this flavour, counted
	tests/run $(FLAVOUR)
test-unit: $(UNITS)             ## C unit tests
	@for t in $^; do $$t || exit 1; done
test-conformance: $(CONFORM)    ## public suites, other parsers
	@for t in $^; do $$t || exit 1; done
soak: all $(B)/tests/unit/validate/test_repair ## 2 GB, 200 deaths, 1M texts
	SOAK=1 $(B)/tests/unit/validate/test_repair
	DECANT=$(CURDIR)/$(B)/decant SOAK_MB=2000 SOAK_MOMENTS=100 \
	    bats tests/server/memory.bats tests/server/moments.bats
bench:                          ## ratios: check, import, memory; SIZE=MB ROUNDS=n
	@bench/run
bench-json: $(B)/bench/bench_json $(B)/tests/tools/gen_lines ## against simdjson
	@$(B)/tests/tools/gen_lines --mb 30 --seed 42 >$(B)/bench/lines.jsonl
	@$(B)/bench/bench_json $(B)/bench/lines.jsonl
bench-repair: $(B)/bench/bench_repair ## against jsonrepair (npm)
	@bench/bench_repair
bench-schema: $(B)/bench/bench_schema ## against ajv (npm)
	@bench/bench_schema
bench-smiles: all $(B)/bench/bench_smiles $(if $(BABEL),$(B)/bench/babel_side) ## against RDKit and Open Babel
	@bench/bench_smiles
test-replay: $(REPLAYS)         ## saved fuzz inputs, no fuzzer needed
	@for t in $^; do $$t tests/fuzz/corpus/$$(basename $$t)/* || exit 1; done
golden-update: $(B)/tests/unit/stage/test_golden ## rewrite tests/golden; review the diff
	GOLDEN_UPDATE=1 $<
fuzz-differential: all          ## SMILES against Open Babel's reader; TIME=seconds
	DECANT=$(B)/decant tests/tools/smiles_fuzz.py --time $(or $(TIME),120)
fuzz-%:                         ## one fuzz target; TIME=seconds
	$(MAKE) FLAVOUR=fuzz CC=clang build/fuzz/tests/fuzz/$*
	@mkdir -p build/fuzz/corpus-$* tests/fuzz/corpus/$*
	build/fuzz/tests/fuzz/$* -max_total_time=$(or $(TIME),60) -max_len=65536 -entropic=0 \
	    build/fuzz/corpus-$* tests/fuzz/corpus/$*

# --- how it is kept --------------------------------------------------------
check: $(addprefix check-,format layers headers size banned faults repairs) ## rules of the house
check-format:
	@clang-format --dry-run -Werror $(OURS)
check-layers:
	@scripts/check_layers.py
check-headers: $(B)/gen/sql.inc # every header compiles on its own
	@for h in $(HEADERS); do \
	    $(CC) $(BASE) $(PKG_CFLAGS) $(WARN) -Werror -Wno-unused-function \
	        -fsyntax-only -x c $$h || exit 1; done
check-size:
	@scripts/check_size.py
check-banned:
	@scripts/check_banned
check-repairs:
	@scripts/gen_repairs --check
check-faults:
	@scripts/gen_faults --check
format:                         ## apply clang-format
	@clang-format -i $(OURS)
PREFIX ?= /usr/local
PUBLIC := $(wildcard validate/smiles/smiles.h validate/json/repair.h \
                     validate/schema/schema.h)
define PC
prefix=$(PREFIX)
Name: decant
Description: SMILES verdicts, JSON repair
Version: $(shell sed -n 's/.*DECANT_VERSION "\(.*\)"/\1/p' cli/commands.h)
Libs: -L$${prefix}/lib -ldecant
Libs.private: $(filter -lpcre2% -lidn2,$(PKG_LIBS))
Cflags: -I$${prefix}/include
endef
export PC
install: all                    ## programs, man page, C library, below PREFIX
	for p in $(notdir $(B)/decant $(BABEL)); do \
	    install -D -m 755 $(B)/$$p $(DESTDIR)$(PREFIX)/bin/$$p || exit 1; done
	install -D -m 644 docs/decant.1 $(DESTDIR)$(PREFIX)/share/man/man1/decant.1
	install -D -m 644 $(LIBV) $(DESTDIR)$(PREFIX)/lib/libdecant.a
	scripts/install_headers $(DESTDIR)$(PREFIX)/include $(PUBLIC)
	mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	echo "$$PC" >$(DESTDIR)$(PREFIX)/lib/pkgconfig/decant.pc
clean:                          ## remove build/
	rm -rf build
help:                           ## this list
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | \
	    sed -E 's/:.*## */\t/' | expand -t 20

.PHONY: all bench bench-json bench-repair bench-schema bench-smiles soak test tests test-unit \
        test-replay \
        test-conformance golden-update check check-format check-layers check-headers \
        check-size check-banned check-faults check-repairs format install clean help
-include $(shell find $(B) -name '*.d' 2>/dev/null)
