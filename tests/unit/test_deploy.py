"""What operators copy: does it fit the program, and itself? And does what they read name things that exist?"""

from __future__ import annotations

import json
import re
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.__main__ import main
from bot.adapters.web.metrics import Metrics
from bot.settings import Health, Webhook
from bot.settings_file import read_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPERATIONS = ROOT / "docs" / "operations.md"
READ_BY_OPERATORS = [OPERATIONS, ROOT / "README.md", *(file for file in DEPLOY.rglob("*") if file.is_file())]
ALL_TOLD = "\n".join(file.read_text(encoding="utf-8") for file in READ_BY_OPERATORS)
KUBERNETES = [file for file in (DEPLOY / "kubernetes").glob("*.yaml") if file.name != "kustomization.yaml"]
STOP_SECONDS = 5  # the bot's own promise
HEALTH_PORT, WEBHOOK_PORT = Health().port, Webhook().port


def manifests() -> list[dict[str, Any]]:
    return [one for file in KUBERNETES for one in yaml.safe_load_all(file.read_text())]


def manifest(kind: str, name: str = "ptbot") -> Any:
    (found,) = [one for one in manifests() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pod() -> Any:
    return manifest("Deployment")["spec"]["template"]


def container() -> Any:
    (only,) = pod()["spec"]["containers"]
    return only


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())


def unit(name: str) -> RawConfigParser:
    read = RawConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((DEPLOY / "systemd" / name).read_text())
    return read


def problems(environment: dict[str, str]) -> list[str]:
    return [str(problem) for problem in read_settings(None, environment)[1]]


@pytest.mark.parametrize("file", READ_BY_OPERATORS, ids=lambda file: file.name)
def test_settings_and_metrics_that_are_named_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    variables = dict.fromkeys(re.findall(r"PTBOT_[A-Z]+__[A-Z_]+", text), "1")
    assert not [problem for problem in problems(variables) if "no such setting" in problem]

    page = Metrics().page(None, 0.0, lease_held=True).decode()
    known = {
        sample for family in text_string_to_metric_families(page) for sample in (family.name, f"{family.name}_total")
    }
    named = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bptbot_[a-z_]+", text)}
    assert named <= known


@pytest.mark.parametrize("file", [OPERATIONS, ROOT / "README.md"], ids=lambda file: file.name)
def test_links_lead_somewhere(file: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
        assert (file.parent / link).exists(), link


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bptbot ((?:run|db [a-z]+)(?: --[a-z-]+)?)", ALL_TOLD))))
def test_commands_that_are_named_exist(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = command.split()

    assert main([word for word in words if not word.startswith("--")] + ["--help"]) == 0
    assert words[-1] in capsys.readouterr().out


def test_the_image_holds_what_the_bot_needs_and_lets_it_be_watched() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().replace("\\\n", "").splitlines()
    said = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    allowed = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = [words.split()[0] for what, words in said if what == "COPY"]

    assert copied == ["requirements/run.txt", "flows", "bot"]
    assert all(f"!{source}" in allowed and (ROOT / source).exists() for source in copied)
    assert ["EXPOSE", f"{HEALTH_PORT} {WEBHOOK_PORT}"] in said
    assert any(what == "USER" and words != "root" for what, words in said)
    (check,) = [json.loads(words[words.index("[") :]) for what, words in said if what == "HEALTHCHECK"]
    assert f":{HEALTH_PORT}/healthz" in check[-1]
    assert any("--require-hashes" in words for what, words in said if what == "RUN")


@pytest.mark.parametrize("name", ["ptbot.service", "ptbot-backup.service"])
def test_units_run_the_bot_with_few_rights(name: str) -> None:
    service = unit(name)["Service"]

    assert service["DynamicUser"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert "ptbot" in service["StateDirectory"].split()
    variable, _, value = service["Environment"].partition("=")
    assert problems({variable: value}) == []
    assert value.startswith("sqlite:////var/lib/ptbot/")


def test_the_unit_always_comes_back_and_gives_time_to_stop() -> None:
    read = unit("ptbot.service")

    assert (read["Service"]["Restart"], read["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
    assert int(read["Service"]["TimeoutStopSec"]) > STOP_SECONDS
    assert unit("ptbot-backup.timer")["Install"]["WantedBy"] == "timers.target"


def test_compose_starts_workers_that_are_reached() -> None:
    services = compose()["services"]
    bot, balancer = services["bot"], (DEPLOY / "compose" / "Caddyfile").read_text()

    assert bot["command"] == ["run", "--webhook"]
    assert f"dynamic a bot {WEBHOOK_PORT}" in balancer
    assert (DEPLOY / "compose" / bot["build"]["context"]).resolve() == ROOT
    assert bot["depends_on"].keys() <= services.keys()
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", (DEPLOY / "compose" / "env.example").read_text(), re.M))
    needed = re.findall(r"\$\{?\{?\$?([A-Z_]+)", json.dumps(services) + balancer)
    assert set(needed) == set(given)
    filled = {
        name: re.sub(r"\$\{([A-Z_]+)[^}]*\}", lambda m: given[m[1]], value)
        for name, value in bot["environment"].items()
    }
    assert problems(filled) == []
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    assert all(name in compose()["volumes"] or (DEPLOY / "compose" / name).exists() for name in mounted)


def test_kustomization_names_every_manifest_but_the_example_of_a_secret() -> None:
    named = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]

    assert {file.name for file in KUBERNETES} == {*named, "secret.example.yaml"}


def test_pods_find_their_settings() -> None:
    sources = [next(iter(source.values()))["name"] for source in container()["envFrom"]]
    environment = {**manifest("ConfigMap")["data"], **manifest("Secret")["stringData"]}

    assert sources == ["ptbot", "ptbot"]
    assert container()["args"] == ["run", "--webhook"]
    assert problems(environment) == []
    (clinics,) = [entry["value"] for entry in container()["env"] if entry["name"] == "PTBOT_CLINICS__FILE"]
    (mount,) = container()["volumeMounts"]
    (volume,) = pod()["spec"]["volumes"]
    assert clinics == f"{mount['mountPath']}/{next(iter(manifest('ConfigMap', volume['configMap']['name'])['data']))}"


def test_probes_and_services_meet_the_bot() -> None:
    ports = {port["name"]: port["containerPort"] for port in container()["ports"]}
    probes = {name: container()[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
    service, ingress = manifest("Service"), manifest("Ingress")

    assert ports == {"webhook": WEBHOOK_PORT, "health": HEALTH_PORT}
    assert [probes[name]["path"] for name in probes] == ["/healthz", "/healthz", "/readyz"]
    assert {probe["port"] for probe in probes.values()} == {"health"}
    assert service["spec"]["ports"][0]["targetPort"] == "webhook"
    (rule,) = ingress["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"] == {"name": "ptbot", "port": {"name": service["spec"]["ports"][0]["name"]}}
    assert manifest("ConfigMap")["data"]["PTBOT_WEBHOOK__URL"] == f"https://{rule['host']}{path['path']}"


def test_pods_are_found_by_their_label_and_end_in_peace() -> None:
    label, spec = pod()["metadata"]["labels"], pod()["spec"]

    assert manifest("Service")["spec"]["selector"] == label
    assert manifest("Deployment")["spec"]["selector"]["matchLabels"] == label
    assert manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == label
    before = int(container()["lifecycle"]["preStop"]["exec"]["command"][1])
    assert spec["terminationGracePeriodSeconds"] > before + STOP_SECONDS
    assert manifest("Deployment")["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["securityContext"]["runAsNonRoot"]


def test_every_alert_says_what_patients_suffer_and_operations_say_what_to_do() -> None:
    (group,) = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    told = OPERATIONS.read_text()

    for rule in group["rules"]:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        assert rule["annotations"]["summary"].endswith(".")
        assert f"| {rule['alert']} |" in told
