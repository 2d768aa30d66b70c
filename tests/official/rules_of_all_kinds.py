"""The provider's rules for every kind."""

from __future__ import annotations

from tests.official.provider_rules import FROM_THE_TENANT, MECHANISMS, Requests, ShownBy, Undecidable, rule

ALWAYS_KEPT = "test_any_spec.py::test_a_tenant_returns_what_was_written"

TABLE = (
    rule(
        "*",
        "preview",
        "name left out and the kind has a settable name",
        ShownBy("every kind with such an argument asks for it", MECHANISMS + "test_names_are_required"),
    ),
    rule(
        "*",
        "preview",
        "an argument with a default is left out",
        ShownBy(
            "the stand-in fills in the same defaults", MECHANISMS + "test_the_stand_in_fills_in_the_provider_s_defaults"
        ),
    ),
    rule(
        "*",
        "preview",
        "a JSON text argument is given and is empty or not valid JSON",
        ShownBy(
            "definitions contain structures, which are encoded as JSON text",
            MECHANISMS + "test_json_texts_are_objects",
        ),
        ShownBy(
            "the stand-in refuses what other programs may send", MECHANISMS + "test_text_that_is_not_json_is_refused"
        ),
    ),
    rule(
        "*",
        "read",
        "a JSON text argument",
        ShownBy("every such text is an object with sorted keys", MECHANISMS + "test_json_texts_are_objects"),
    ),
    rule(
        "*",
        "preview",
        "a JSON text argument is removed or emptied",
        ShownBy(
            "a field that is left out is not managed", MECHANISMS + "test_optional_json_text_left_out_is_not_managed"
        ),
    ),
    rule(
        "*",
        "preview",
        "JSON texts differ only in keys with value false",
        ShownBy("false counts as left out everywhere", MECHANISMS + "test_false_counts_as_left_out"),
    ),
    rule(
        "*",
        "create update",
        'an SDKv2 kind and an optional number, text, boolean or list is 0, "", false or []',
        ShownBy("an argument left out then means the same to Okta", ALWAYS_KEPT),
        ShownBy(
            "the engine finds no change either",
            "e2e/test_convergence.py::test_every_field_converges_when_it_is_set_left_out_and_set_again",
        ),
    ),
    rule(
        "*",
        "create update",
        "a framework kind and an optional argument that Okta may fill is left out",
        ShownBy(
            "the program always passes every argument",
            "test_program.py::test_every_field_is_registered_under_its_input_name",
        ),
    ),
    rule(
        "*",
        "create update read delete",
        "an unexpected nil in the provider",
        Undecidable(
            "`up` gives the engine's error and goes on",
            "engine/test_stack.py::test_an_up_continues_when_one_object_fails",
        ),
    ),
    rule(
        "*",
        "create update read delete",
        "Okta answers 429 or a 5xx other than 500 and 501, or the connection fails",
        Requests("a transient failure is no error", "e2e/test_faults.py::test_a_transient_failure_is_not_an_error"),
    ),
    rule(
        "*",
        "create update read delete",
        "a kind of Identity Engine only, and /.well-known/okta-organization says pipeline v1",
        Undecidable(
            "every command reports it", "cli/test_doctor.py::test_a_classic_tenant_is_refused_with_one_sentence"
        ),
    ),
    rule(
        "*",
        "read",
        "import of a kind with a composite id",
        ShownBy(
            "import ids have one part for each owner",
            "matching/test_look_up.py::test_an_existing_object_that_is_not_in_the_state_is_imported",
        ),
    ),
    rule(
        "*",
        "read",
        "a list or block is empty at Okta and the read skips nil values",
        FROM_THE_TENANT,
    ),
    rule(
        "*",
        "create",
        "an SDKv2 kind and a follow-up request fails",
        Undecidable(
            "`up` says what failed, and the next one makes up for it",
            "e2e/test_faults.py::test_a_failed_create_is_reported_and_done_by_the_next_run",
        ),
    ),
    rule(
        "*",
        "create",
        "a framework kind and a follow-up request fails",
        Undecidable(
            "the next `up` recognises objects that exist and are not in the state",
            "e2e/test_faults.py::test_an_unrecorded_object_is_imported_and_updated",
        ),
    ),
)
