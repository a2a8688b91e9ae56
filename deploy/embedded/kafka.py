"""One Kafka node in KRaft mode, broker and controller in one."""

import base64
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.processes import Child, Children

START_TIMEOUT_S = 60

# Starts in a third of the time of the optimising compiler; the load of one machine does not miss it.
_JVM = ("-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_LOG_SETTINGS = Path(__file__).with_name("log4j2.xml")


@dataclass(frozen=True)
class Kafka:
    """Where the node lives and how it is reached."""

    data: Path
    port: int
    controller_port: int
    java: Path
    jars: Path

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def begin_format(self, children: Children) -> Callable[[], None]:
        """Start to format the log directory if it is not there yet; the answer is called to finish that."""
        self.data.mkdir(parents=True, exist_ok=True)
        if self._log.is_dir():
            return lambda: None
        part = Path(tempfile.mkdtemp(prefix="log.part-", dir=self.data))
        settings = _write_properties(self.data / "format.properties", self._settings(part))
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        tool = self._command("kafka.tools.StorageTool", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        arguments = ["format", f"--cluster-id={cluster}", f"--config={settings}"]
        child = children.start("kafka-format", [*tool, *arguments])

        def finish() -> None:
            children.finish(child)
            part.rename(self._log)

        return finish

    def start(self, children: Children) -> Child:
        """Start the node on its formatted log directory. Does not wait until it answers."""
        settings = _write_properties(self.data / "server.properties", self._settings(self._log))
        return children.start("kafka", [*self._command("kafka.Kafka", *_JVM), settings])

    def wait_ready(self, child: Child) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if child.process.poll() is not None:
                raise StackError(f"Kafka ended at its start {child.ending()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError as error:
                if time.monotonic() > deadline:
                    raise StackError(f"Kafka does not answer on port {self.port}: {error}") from error
                time.sleep(0.1)
            else:
                return

    @property
    def _log(self) -> Path:
        return self.data / "log"

    def _command(self, main_class: str, *options: str) -> list[str | Path]:
        logging = f"-Dlog4j2.configurationFile={_LOG_SETTINGS}"
        return [self.java, *options, logging, "-cp", f"{self.jars}/*", main_class]

    def _settings(self, log: Path) -> Mapping[str, str]:
        node = single_node_settings(self.bootstrap, self.bootstrap, f"127.0.0.1:{self.controller_port}")
        # A node that was killed is believed to be alive for so long (9 s by default) before it may come back.
        return {
            **node,
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            "log.dirs": str(log),
        }


def single_node_settings(listen: str, advertised: str, controller: str) -> Mapping[str, str]:
    """Return what a node that is broker and controller in one needs to stand alone; addresses are `host:port`."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"BROKER://{listen},CONTROLLER://{controller}",
        "advertised.listeners": f"BROKER://{advertised}",
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "BROKER",
        "controller.listener.names": "CONTROLLER",
        # A topic is made by the deployment, never by a program that misspells its name.
        "auto.create.topics.enable": "false",
        # There is one node to copy to.
        "default.replication.factor": "1",
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # No one else is about to join.
        "group.initial.rebalance.delay.ms": "0",
    }


def _write_properties(path: Path, settings: Mapping[str, str]) -> Path:
    part = path.with_name(path.name + ".part")
    part.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return part.replace(path)
