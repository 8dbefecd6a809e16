"""Short Latvian texts for generated rows. Themes of results: the published outcomes of 2021 (domain.md 1.2)."""

from __future__ import annotations

from backend.registry.models import SpecialistRole

RESULTS = (
    "Mācību motivācija augusi, sekmes pamatpriekšmetos uzlabojušās.",
    "Izglītojamais strādā patstāvīgāk, drošāk jautā un lūdz palīdzību.",
    "Sadarbība ar pedagogiem uzlabojusies, konfliktu klasē mazāk.",
    "Mazinājies psihoemocionālais saspringums, stundas apmeklētas regulārāk.",
    "Neattaisnoto kavējumu mazāk nekā iepriekšējā semestrī.",
    "Atbalsts ēdināšanai un naktsmītnei ļāvis turpināt mācības bez pārtraukuma.",
    "Uzlabojumi nelieli, atbalsts jāturpina nākamajā semestrī.",
)
RETURN_COMMENTS = (
    "Lūdzu precizēt plānoto stundu skaitu.",
    "Nav norādīts risks, ar kuru saistīts pasākums.",
    "Lūdzu pievienot iesnieguma datumu.",
)
_GENERAL_TOPICS = ("Patstāvīgā darba plānošana", "Atbalsts mācību darbā", "Uzdevumu skaidrošana soli pa solim")
TOPICS: dict[SpecialistRole, tuple[str, ...]] = {
    SpecialistRole.TEACHER: (
        "Iekavētās tēmas atkārtošana",
        "Gatavošanās pārbaudes darbam",
        "Kļūdu labojums un analīze",
        "Pamatprasmju nostiprināšana",
        "Mājas darbu izpildes paņēmieni",
    ),
    SpecialistRole.PSYCHOLOGIST: (
        "Mācību motivācija",
        "Stresa mazināšanas paņēmieni",
        "Pašvērtējums un stiprās puses",
        "Savstarpējās attiecības grupā",
    ),
    SpecialistRole.SOCIAL_PEDAGOGUE: ("Stundu apmeklējums", "Dienas režīms un pienākumi", "Sadarbība ar ģimeni"),
    SpecialistRole.TEACHER_ASSISTANT: _GENERAL_TOPICS,
    SpecialistRole.SPECIAL_EDUCATOR: ("Lasīšanas paņēmieni", "Uzmanības noturēšana", "Pielāgoti uzdevumi"),
    SpecialistRole.SIGN_LANGUAGE_INTERPRETER: _GENERAL_TOPICS,
    SpecialistRole.ASSISTANT: _GENERAL_TOPICS,
    SpecialistRole.OCCUPATIONAL_THERAPIST: ("Darba vietas iekārtošana", "Rokas sīkās motorikas vingrinājumi"),
}
SUBJECTS = ("Matemātika", "Latviešu valoda", "Angļu valoda", "Vēsture", "Fizika", "Ķīmija", "Bioloģija")
