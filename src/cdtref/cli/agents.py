"""The command for agents: `mcp`."""

from __future__ import annotations

import click

import cdtref
from cdtref.cli.options import catalog_option


@click.command()
@catalog_option
def mcp(catalog: cdtref.Catalog) -> None:
    """
    Serve the reference to an agent over standard input and output, by the Model Context Protocol.

    It answers what the agent's program asks, and ends when that closes its output. It opens no
    connection and keeps nothing of what it was asked.
    """
    try:
        from cdtref.mcpserver import server
    except ImportError as error:
        raise click.ClickException(str(error)) from error
    server(catalog).run()
