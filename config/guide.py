"""What the help says to each role, in the order of their day: short, about gestures, with a picture where one helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inventory.roles import OFFICE, Role
from inventory.words import tell


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a page made by `make screenshots`: its file, its size in pixels, what it shows."""

    name: str
    width: int
    height: int
    shows: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to know: what to do, sentence by sentence."""

    title: str
    sentences: tuple[str, ...]
    picture: Picture | None = None


WIDE, TALL = (960, 600), (390, 640)


def guide(role: Role) -> list[Topic]:
    """The help of a role: its own day first, then what serves everybody."""
    return [*_DAYS[role](), *_everybody(role)]


def _technician() -> Iterator[Topic]:
    yield Topic(tell("Commencer la journée"), (
        tell("L'accueil dit s'il y a classe dans vos écoles, combien de tablettes sont à enrôler, à configurer, à livrer ou en panne."),
        tell("« Ce qui vous attend » ouvre d'une touche la valise dont la prochaine étape est due."),
    ), Picture("home-technician", *TALL, tell("L'accueil d'un technicien sur son téléphone.")))  # fmt: skip
    yield Topic(tell("Enregistrer une étape en deux touches"), (
        tell("Ouvrir la valise, toucher la tablette, puis l'étape. Une panne, une perte ou un vol demandent un motif."),
        tell("Pour plusieurs tablettes, les cocher dans la grille de la valise : tout est enregistré, ou rien."),
    ), Picture("tablet", *TALL, tell("La fiche d'une tablette, avec ses étapes en boutons.")))  # fmt: skip
    yield Topic(tell("Faire sa tournée sans réseau"), (
        tell("Au dépôt, « Ma tournée » emporte les écoles du jour sur le téléphone et le dit prêt hors ligne ; l'installer en fait une application."),
        tell("Sur place, scanner ou toucher une tablette. Ce qui n'est pas encore envoyé est compté en haut de l'écran et part dès qu'il y a du réseau."),
        tell("Terminer la tournée en efface les données du téléphone ; ce n'est possible que lorsque tout est arrivé."),
    ))  # fmt: skip
    yield Topic(tell("Configurer"), (
        tell("La liste de contrôle montre ce que le MDM prouve déjà. Le reste se constate de vos yeux, et se coche."),
    ))  # fmt: skip
    yield from _on_site()


def _on_site() -> Iterator[Topic]:
    yield Topic(tell("Étiqueter, mettre à disposition, compter"), (
        tell("« Étiquettes » imprime les codes de la valise à partir de la première case libre de la planche ; une vierge se colle, puis se scanne."),
        tell("« Mise à disposition » prépare le procès-verbal : la directrice le relit, signe sur la vitre, et il est scellé."),
        tell("« Inventaire » compare ce qui est scanné à ce qui est attendu, et se clôt quand chaque écart est décidé."),
    ))  # fmt: skip


def _manager() -> Iterator[Topic]:
    yield Topic(tell("Voir si tout va"), (
        tell("L'accueil donne l'âge de la dernière lecture complète du MDM, les lectures en quarantaine, les écarts par ancienneté et le trimestre à émettre."),
        tell("Une lecture qui perd trop d'appareils d'un coup est mise en quarantaine : rien n'en est tiré tant que vous ne l'avez pas libérée."),
    ), Picture("home-manager", *WIDE, tell("L'accueil de la DSI.")))  # fmt: skip
    yield Topic(tell("Décider des écarts"), (
        tell("« Rapprochement » compte ce que les papiers, l'inventaire et les MDM ne disent pas pareil ; chaque écart montre les deux côtés, leur âge et ce qui est proposé."),
        tell("Votre décision porte une raison et tient tant que les faits ne changent pas. Seuls les faits referment un écart ; rien n'est effacé ni retiré par la machine."),
    ))  # fmt: skip
    yield Topic(tell("Prendre un bon de livraison"), (
        tell("Sur la page Imports, le fichier est d'abord essayé : toutes les erreurs de toutes les lignes, rien d'écrit."),
        tell("Puis il est pris en entier, ou pas du tout. Un import se défait tant que personne n'a rien enregistré sur ses tablettes."),
    ))  # fmt: skip
    yield Topic(tell("Émettre un trimestre"), (
        tell("À partir du lendemain de son dernier jour, un trimestre s'émet sur la page Trimestres. Ses fichiers ne changent plus jamais."),
        tell("Ce qui est appris ensuite paraît dans le trimestre suivant."),
    ))  # fmt: skip


def _technical_committee() -> Iterator[Topic]:
    yield Topic(tell("Depuis votre dernier passage"), (
        tell("L'accueil montre ce qui a changé depuis que vous avez touché « J'ai tout vu » : étapes, écarts ouverts et refermés, trimestres."),
        tell("Chaque nombre ouvre la liste de ses tablettes."),
    ), Picture("home-committee", *WIDE, tell("L'accueil d'un membre du comité technique.")))  # fmt: skip
    yield Topic(tell("Donner son visa"), (
        tell("Quand une valise est livrée et ses enseignants formés, elle vous attend à l'accueil. Sur sa page, « Viser l'intégration » donne votre visa."),
        tell("Il faut celui de chaque signataire : la commune et l'académie."),
    ))  # fmt: skip


def _steering_committee() -> Iterator[Topic]:
    yield Topic(tell("Préparer une réunion"), (
        tell("L'accueil montre ce qui a changé depuis votre dernier passage ; le tableau de bord, l'état de chaque valise et deux courbes."),
        tell("Les fichiers d'un trimestre émis portent une empreinte : les mêmes pour tous, pour toujours."),
    ), Picture("home-committee", *WIDE, tell("L'accueil d'un membre de comité.")))  # fmt: skip


def _academy() -> Iterator[Topic]:
    yield Topic(tell("Vos étapes"), (
        tell("La prise en main des enseignants et le service fait s'enregistrent sur la page de la valise, avec leur date."),
        tell("L'accueil les annonce quand elles sont possibles."),
    ), Picture("home-committee", *WIDE, tell("L'accueil, avec ce qui a changé et ce qui attend.")))  # fmt: skip


def _school() -> Iterator[Topic]:
    yield Topic(tell("L'état de votre valise en une minute"), (
        tell("L'accueil dit combien de tablettes sont en service, lesquelles sont à signaler, et quelle étape vient ensuite."),
        tell("« Au repos » veut dire que l'école est fermée : une tablette qui dort pendant les vacances n'est pas en défaut."),
    ), Picture("home-school", *TALL, tell("L'accueil d'une école sur un téléphone.")))  # fmt: skip
    yield Topic(tell("Une tablette manque ou ne marche plus"), (
        tell("Ouvrir la page de la tablette et toucher « Signaler un incident ». La DSI le voit, l'étape reste à confirmer par elle."),
    ))  # fmt: skip
    yield Topic(tell("Pointer la valise sans compte"), (
        tell("Scanner le code QR de la valise, écrire le code de la semaine (page Pointage de l'école, à imprimer), puis « Tout est là » ou toucher ce qui manque."),
        tell("C'est demandé dans les deux premiers jours de classe après chaque vacances."),
    ))  # fmt: skip
    yield Topic(tell("Ce qui est gardé des élèves"), (tell("Rien : ni nom, ni position, ni adresse. Seul l'état des tablettes est suivi."),))


def _auditor() -> Iterator[Topic]:
    yield Topic(tell("Suivre un chiffre jusqu'à ses tablettes"), (
        tell("Chaque nombre est un lien vers la liste qu'il compte, et chaque tablette garde son histoire : qui, quand, quand on l'a su."),
        tell("Le journal est une chaîne : « cartable check » le vérifie en entier, et nomme la première ligne touchée."),
    ), Picture("home-committee", *WIDE, tell("L'accueil d'un auditeur.")))  # fmt: skip


def _administrator() -> Iterator[Topic]:
    yield Topic(tell("Tenir les comptes"), (
        tell("Sur la page Comptes, chaque compte a un rôle et voit les écoles nommées, ou toutes. Un changement vaut dès sa prochaine page."),
        tell("La page Sécurité montre les sessions ouvertes et remet à zéro un second facteur perdu."),
    ))  # fmt: skip
    yield Topic(tell("Surveiller le serveur"), (
        tell("La page Système dit ce qui demande une intervention : disque, base, calendrier des tâches, lectures des MDM."),
    ))  # fmt: skip
    yield from _manager()


def _everybody(role: Role) -> Iterator[Topic]:
    yield Topic(tell("Regarder un jour passé"), (
        tell("Sur le tableau de bord, la frise va du premier au dernier jour de la fenêtre : la souris, le doigt ou les flèches du clavier la déplacent."),
        tell("Un bandeau dit alors quel jour est montré ; tous les liens le gardent, jusqu'à « Revenir à maintenant »."),
    ), Picture("board", *WIDE, tell("Le tableau de bord au 15 novembre 2017, sous sa frise.")) if role is not Role.SCHOOL else None)  # fmt: skip
    yield Topic(tell("Lire une pastille"), (
        tell("Une pastille pleine est la parole d'une personne ; une pastille pointillée « MDM », celle d'une machine. L'une n'efface jamais l'autre."),
    ))  # fmt: skip
    if role in OFFICE or role is Role.TECHNICIAN:
        yield Topic(tell("Chercher et trier"), (
            tell("Les listes cherchent pendant la frappe. Filtres, tri et colonnes sont dans l'adresse : elle se partage, et se garde sous un nom."),
            tell("Le fichier CSV ou XLSX contient exactement ce qui est montré."),
        ))  # fmt: skip
    yield Topic(tell("Au clavier, au lecteur d'écran"), (
        tell("La première touche Tab mène à « Aller au contenu ». Chaque dessin a son tableau de chiffres. Tout marche sans script."),
    ))  # fmt: skip


_DAYS = {
    Role.TECHNICIAN: _technician, Role.MANAGER: _manager, Role.TECHNICAL_COMMITTEE: _technical_committee,
    Role.STEERING_COMMITTEE: _steering_committee, Role.ACADEMY: _academy, Role.SCHOOL: _school, Role.AUDITOR: _auditor,
    Role.ADMINISTRATOR: _administrator,
}  # fmt: skip
