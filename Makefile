# The commands people type. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
# With -j two set-ups, or two deploys, would run at once.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Node, npm, Python and the CDK command line all come from this checkout; nothing of the system's is needed.
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONPATH := $(CURDIR)/tools:$(CURDIR)/constructs
export CDK_DISABLE_VERSION_CHECK := true

# And whatever they keep for the next time stays in it: bytecode, the unpacked CDK, fetched packages.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/cache/bytecode
# Who wants no bytecode beside the sources has none, and all is not compiled anew at each start.
unexport PYTHONDONTWRITEBYTECODE
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/.venv/cache/jsii
export UV_CACHE_DIR ?= $(CURDIR)/.venv/cache/uv
export PIP_CACHE_DIR ?= $(CURDIR)/.venv/cache/pip
export npm_config_cache ?= $(CURDIR)/.venv/cache/npm
export NODE_COMPILE_CACHE := $(CURDIR)/.venv/cache/node

# uv, npm and the CDK command line trust whom this system trusts, a company's proxy for one; tools/set-up tells pip.
export UV_SYSTEM_CERTS ?= true
export NODE_USE_SYSTEM_CA ?= 1
ifdef SSL_CERT_FILE
# The one name that reaches all of them: on macOS Node does not read it.
export NODE_EXTRA_CA_CERTS ?= $(value SSL_CERT_FILE)
endif

# A word counts where it stands on make's own command line, never where the shell happens to have exported its name.
# What it says is data: as simple variables, make expands nothing in them, and recipes read them from the environment
# only ("$$COPY"), so that no shell reads them as its own words.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
$(foreach name,$(given) PYTHON,$(eval override $(name) := $$(value $(name))))
export $(given) PYTHON
export MAKE_GIVEN := $(given)
# Where else a copy was told something is for the embedded AWS to say.
unexport DATA_COMPUTE_COPIES

# What is neither a command nor a file of the set-up was to be a command of ops, a setting, or part of a value.
goals := $(shell sed -n 's/^\([a-z]*\):.*\#\# .*/\1/p' $(MAKEFILE_LIST)) %.ready
of_ops = $(shell sed -n 's/^\#\# \([a-z-]*\)$$/\1/p' docs/ops.md)
of_make := `make` lists them; a setting is NAME=value, and a value with spaces stands in quotes, APP='../my app'
no_goal = $(error $(1) is no command of make's: $(if $(filter $(1),$(of_ops)),.venv/bin/python -m ops $(1),$(of_make)))
$(foreach goal,$(filter-out $(goals),$(MAKECMDGOALS)),$(call no_goal,$(goal)))

# Which words each command takes beside PYTHON, which Python to set up with. % is any setting:
# make deploy WEB_FROM=my-ip PORT=9000 COPY=alice, or SETTINGS='-c web_from=203.0.113.7/32 -c port=9000'.
takes_up := %
takes_synth := %
takes_diff := %
takes_deploy := %
takes_bootstrap := ACCOUNT COPY
takes_review := BASE
takes_rehearse := BASE
takes_watch := COPY
takes_destroy := COPY
takes_status := COPY
takes_start := COPY
takes_stop := COPY
takes_key := COPY
takes_ssh := COPY
takes_lock := UPGRADE APP
refuse = $(error `make $(1)` takes no $(2)$(if $(takes_$(1)),$(comma) only $(takes_$(1))))
comma := ,
$(foreach goal,$(or $(MAKECMDGOALS),help),$(foreach name,$(filter-out PYTHON $(takes_$(goal)),$(given)),$(call refuse,$(goal),$(name))))

# An unset variable of the shell's must not stand for the first copy.
$(if $(filter COPY,$(given)),$(if $(COPY),,$(error COPY is empty: say COPY=main or the name of another copy)))

# Checks them, looks up what depends on the moment (my-ip is this laptop's address), and hands them over with -c.
with_settings := python -m ops.with_settings
copy := $(if $(filter COPY,$(given)),--copy="$$COPY")
base := $(if $(filter BASE,$(given)),"$$BASE")

.PHONY: help
help: ## Print the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- Set-up: runs by itself, and only when a lock has changed -----------------------------------------------
.venv/.ready: requirements-dev.txt pyproject.toml tools/set-up
	@tools/set-up python && touch $@

node_modules/.ready: package-lock.json .venv/.ready
	@tools/set-up node && touch $@

.venv/audit/.ready: requirements-audit.txt | .venv/.ready
	@tools/set-up audit && touch $@

ready := .venv/.ready node_modules/.ready

# ---- The cloud on this laptop ---------------------------------------------------------------------------------
.PHONY: up down watch
up: $(ready) ## Deploy everything to the embedded AWS on this laptop, print the URLs: make up APP=../my_app
	@$(with_settings) --laptop python -m local_aws up

down: $(ready) ## Stop the embedded AWS and all it runs
	@python -m local_aws down

watch: $(ready) ## Keep deploying what changes to the embedded AWS
	@python -m local_aws watch $(copy)

# ---- Prove it -------------------------------------------------------------------------------------------------
.PHONY: test fast check audit snapshots review rehearse
test: fast ## Run every test
	@python -m pytest -m system --numprocesses 2 --dist loadfile --no-loadscope-reorder

fast: $(ready) ## Run the tests that deploy nothing
	@python -m pytest -m "not system" --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(ready) ## Check format, lint, types and the direction of imports
	@ruff format --check . && ruff check . && mypy && mypy streamlit_src/app.py && lint-imports

audit: $(ready) .venv/audit/.ready synth ## Run checkov over the templates (fetches it)
	@.venv/audit/bin/checkov --config-file .checkov.yaml && echo "audit: no finding without a reason"

snapshots: $(ready) ## Accept the templates as they are now
	@python -m pytest tests/stacks/test_snapshots.py --snapshot-update

review: $(ready) ## Tell what a deploy of this checkout over a commit does, without AWS: make review BASE=main
	@python -m review_checkout -- $(base)

rehearse: $(ready) ## And deploy both to an embedded AWS of their own, tell what is seen: make rehearse BASE=main
	@python -m rehearse -- $(base)

# ---- AWS ------------------------------------------------------------------------------------------------------
.PHONY: bootstrap synth diff deploy destroy
bootstrap: $(ready) ## Prepare your AWS account and region for the CDK, once: make bootstrap ACCOUNT=lab in a Learner Lab
	@$(with_settings) --aws cdk bootstrap

synth: $(ready) ## Write the templates into cdk.out
	@$(with_settings) cdk synth --quiet

diff: $(ready) ## Show what a deploy would change in your AWS account
	@$(with_settings) --aws cdk diff

deploy: $(ready) ## Deploy to your AWS account and remember what was said: make deploy WEB_FROM=my-ip
	@$(with_settings) python -m ops deploy -- cdk deploy --all

destroy: $(ready) ## Remove all of a copy's stacks from your AWS account
	@python -m ops destroy $(copy)

# ---- Operate it: whichever AWS the environment names ----------------------------------------------------------
.PHONY: status start stop key ssh
ops := python -m ops
status: $(ready) ## Show what is deployed, whether it answers, who may come in, the cost a day
	@$(ops) status $(copy)

start: $(ready) ## Boot the machine, wait for its page
	@$(ops) start $(copy)

stop: $(ready) ## Stop the machine for the night
	@$(ops) stop $(copy)

key: $(ready) ## Fetch the private key into a .pem file
	@$(ops) key $(copy)

ssh: $(ready) ## Log in by SSH
	@$(ops) ssh $(copy)

# ---- This checkout --------------------------------------------------------------------------------------------
.PHONY: docs lock clean
docs: $(ready) ## Write what is made of the code: docs/constructs.md, docs/ops.md, what README.md says is not proved
	@python tools/construct_docs.py && python -m ops.help_pages && python tools/readme_section.py

machine_uv := constructs/data_compute/machine/boot/uv.txt
compile := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(if $(UPGRADE),--upgrade)
app := $(if $(filter APP,$(given)),$(APP))
lock: $(ready) ## Rebuild the locks (UPGRADE=1: newest versions), or lock your own app: make lock APP=../my_app
ifdef app
	@python tools/lock_app.py "$$APP" $(if $(UPGRADE),--upgrade)
else
	@$(compile) pyproject.toml --group app --group local --group dev streamlit_src/requirements.txt --output-file requirements-dev.txt
	@$(compile) pyproject.toml --group app --constraint requirements-dev.txt --output-file requirements.txt
	@$(compile) --group audit --output-file requirements-audit.txt
	@$(compile) streamlit_src/requirements.txt --constraint requirements-dev.txt --output-file streamlit_src/requirements.lock
	@cd lambda_src/describe && $(compile) --only-binary :all: requirements.txt --constraint ../../requirements-dev.txt --output-file requirements.lock
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund
	@sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^    --hash/p;}' requirements-dev.txt >$(machine_uv)
endif

clean: ## Remove what make has made
	@rm -rf .venv node_modules cdk.out .local-aws .set-up.log dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
