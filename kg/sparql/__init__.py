"""SPARQL query text: its tokens, what is refused, how parameters are bound, and errors people can read.

Text comes in; tokens, text or an error goes out. Nothing is run here. The engine gives no parse tree, would fetch
SERVICE, and dies with the whole process on deep nesting, so queries are read here before it sees them. Whoever runs a
query calls `guard` first.

The engine reads without tokens: it takes `trueSERVICE` for two words, and gives up a prefixed name that makes no valid
IRI in favour of its prefix followed by whatever the rest spells. Where it could read a name as something else that
matters, the query is refused and the message says how to write it.
"""

from kg.sparql.lexer import FORMS, FUNCTIONS, UPDATES, WORDS, Form, Kind, Token, tokens
from kg.sparql.mistakes import explain_syntax
from kg.sparql.parameters import bind, variables
from kg.sparql.refusal import asked_in_rows, form, guard

__all__ = [
    "FORMS",
    "FUNCTIONS",
    "UPDATES",
    "WORDS",
    "Form",
    "Kind",
    "Token",
    "asked_in_rows",
    "bind",
    "explain_syntax",
    "form",
    "guard",
    "tokens",
    "variables",
]
