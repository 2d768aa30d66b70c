"""Factors that a user has enrolled."""

import pytest

from .conftest import Okta


def question(key: str = "disliked_food", answer: str = "sprouts") -> dict[str, object]:
    return {"factorType": "question", "provider": "OKTA", "profile": {"question": key, "answer": answer}}


@pytest.fixture
def path(okta: Okta) -> str:
    return f"/api/v1/users/{okta.user('ada@example.com')}/factors"


def test_a_question_of_the_list_is_active_at_once(okta: Okta, path: str) -> None:
    offered = {each["question"]: each["questionText"] for each in okta.get(f"{path}/questions")}
    factor = okta.post(path, question())
    assert (factor["status"], factor["vendorName"]) == ("ACTIVE", "OKTA")
    assert factor["profile"] == {"question": "disliked_food", "questionText": offered["disliked_food"]}
    assert okta.get(path) == [okta.get(f"{path}/{factor['id']}")] == [factor]
    error = okta.post(path, question("first_award"), status=400)
    assert error["errorCauses"] == [{"errorSummary": "A factor of this type is already set up."}]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_question_can_be_replaced(okta: Okta, path: str, method: str) -> None:
    factor = okta.post(path, question())
    changed = okta.send(method, f"{path}/{factor['id']}", question("first_award"))
    assert (changed["id"], changed["profile"]["question"]) == (factor["id"], "first_award")
    okta.delete(f"{path}/{factor['id']}")
    okta.send("GET", f"{path}/{factor['id']}", status=404)


@pytest.mark.parametrize("refused", [question("no_such_question"), question(answer="no")])
def test_invalid_questions(okta: Okta, path: str, refused: dict[str, object]) -> None:
    okta.post(path, refused, status=400)


def test_other_factors_need_activation(okta: Okta, path: str) -> None:
    sms = {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "+15554151337"}}
    factor = okta.post(path, sms)
    assert (factor["status"], factor["profile"]) == ("PENDING_ACTIVATION", sms["profile"])
    assert okta.post(f"{path}/{factor['id']}/lifecycle/activate", {"passCode": "123456"})["status"] == "ACTIVE"
    email = {"factorType": "email", "provider": "OKTA", "profile": {"email": "ada@example.com"}}
    assert okta.post(f"{path}?activate=true", email)["status"] == "ACTIVE"


def test_a_reset_takes_all_factors(okta: Okta, path: str) -> None:
    okta.post(path, question())
    okta.post(path.replace("/factors", "/lifecycle/reset_factors"))
    assert okta.get(path) == []
