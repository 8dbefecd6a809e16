"""Keys of names."""

from backend.cases.learners.names import name_keys


def test_order_is_latvian_by_family_name() -> None:
    people = [("Zane", "Čakste"), ("Ilze", "Cīrule"), ("Āris", "Cīrulis"), ("Anna", "Ķuze"), ("Kate", "Kūka")]
    ordered = sorted(people, key=lambda name: name_keys(given_name=name[0], family_name=name[1])[0])
    assert [family for _given, family in ordered] == ["Cīrule", "Cīrulis", "Čakste", "Kūka", "Ķuze"]


def test_search_finds_both_orders_without_marks() -> None:
    _order, search = name_keys(given_name="Šarlote", family_name="Bērziņa")
    assert "sarlote berzina" in search
    assert "berzina sarlote" in search
