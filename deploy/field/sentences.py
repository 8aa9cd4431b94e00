"""The sentences of the app, in the reader's language: the page brings them to the phone, which shows them without network."""

from __future__ import annotations

from inventory.words import tell


def sentences() -> dict[str, str]:
    """Every sentence by its key; `{name}` stays for the phone to fill."""
    return _round() | _cart() | _handover() | _scan() | _sending() | _kinds()


def _round() -> dict[str, str]:
    return {
        "title": tell("Ma tournée"), "title_of": tell("Tournée du {day}"), "back": tell("Retour"), "prepare": tell("Préparer la tournée"),
        "nothing": tell("Aucune tournée sur ce téléphone. La préparer au dépôt, avec du réseau."), "sign_in": tell("Se connecter"),
        "session_over": tell("La session est terminée : la tournée a quitté ce téléphone. Se connecter, puis la préparer de nouveau."),
        "signed_out": tell("Déconnecté : la tournée a quitté ce téléphone."),
        "idle": tell("Douze heures sans un geste : la tournée a quitté ce téléphone. La préparer de nouveau."),
        "ready_one": tell("Prêt hors ligne, {count} tablette"), "ready_many": tell("Prêt hors ligne, {count} tablettes"),
        "not_ready": tell("Pas encore prêt hors ligne : rester à portée du réseau un instant."), "closed": tell("Pas de classe : {why}"),
        "done_of": tell("{done} sur {all} faites"), "failed_visit": tell("Visite infructueuse"), "proposed": tell("Proposée le {day}."),
        "choose": tell("Préparer la tournée"), "which": tell("Écoles de la journée"), "take": tell("Emporter"), "asking": tell("Un instant…"),
        "choose_one": tell("Choisir au moins une école."), "needs_words": tell("La note est vide : écrire ce qu'il y a à garder."),
        "needs_items": tell("Rien à cocher : choisir au moins un point, qu'une tablette n'ait pas encore, et laisser au moins une tablette."), "taken": tell("La tournée est sur ce téléphone."),
        "tablets_one": tell("{count} tablette à voir"), "tablets_many": tell("{count} tablettes à voir"), "needs_network": tell("Il faut du réseau pour cela."),
        "close": tell("Terminer la tournée"), "closed_round": tell("Tournée terminée : tout est arrivé, et rien n'en reste sur ce téléphone."),
        "close_unsent": tell("Saisies pas encore envoyées : {count}. La tournée ne peut pas finir."),
        "close_offline": tell("Sans réseau, la tournée ne peut pas finir : rien ne dit encore que tout est arrivé."),
        "why": tell("Motif"), "propose": tell("Proposer le {day}"), "keep_visit": tell("Enregistrer"), "needs_reason_visit": tell("Choisir le motif."),
        "told_conflict": tell("{subject} : en conflit."), "told_refused": tell("{subject} : refusé."),
        "lost": tell("Des saisies de ce téléphone ne sont jamais arrivées et n'y sont plus (n° {numbers}) : prévenir le bureau."),
    }  # fmt: skip


def _cart() -> dict[str, str]:
    return {
        "slot": tell("Alvéole"), "empty": tell("vide"), "complete": tell("faite"),
        "seen_today": tell("vue aujourd'hui"), "cart_steps": tell("Étapes de la valise"), "all_but": tell("Tout fait sauf…"),
        "which_items": tell("Points faits"), "but": tell("Sauf les alvéoles"), "tick_them": tell("Cocher"), "all_done": tell("Tous les points sont faits."),
        "note": tell("Note ou motif"), "keep_note": tell("Garder la note"), "photo": tell("Photo"), "stage": tell("Changer d'étape"),
        "needs_reason": tell("Écrire d'abord le motif."), "before": tell("Précédente"), "after": tell("Suivante"), "swap": tell("Remplacer"),
        "swap_how": tell("Celle de réserve prend l'alvéole et l'étape de celle-ci, qui passe en panne."), "spare": tell("Tablette de réserve"),
        "do_swap": tell("Remplacer par celle-ci"),
    }  # fmt: skip


def _handover() -> dict[str, str]:
    return {
        "handover": tell("Mise à disposition"), "signed": tell("Le procès-verbal est signé."), "signer": tell("Signataire"), "quality": tell("Qualité"),
        "signed_already": tell("Un procès-verbal est déjà signé pour cette valise : un autre s'y ajoutera."), "reservations": tell("Réserves"),
        "reservations_how": tell("Une par ligne ; « 11 : écran fendu » pour l'alvéole 11. Vide s'il n'y en a pas."),
        "services": tell("Services rendus (article 6.1)"), "handed_one": tell("{count} tablette, par alvéole"), "handed_many": tell("{count} tablettes, par alvéole"),
        "read_then_sign": tell("Relire ce qui précède, puis signer dans le cadre, du doigt ou du stylet."), "glass": tell("Cadre de signature"),
        "wipe": tell("Effacer"), "sign": tell("Signer et sceller"), "needs_signer": tell("Écrire le nom et la qualité de qui signe."),
        "needs_signature": tell("La signature manque : signer dans le cadre."),
    }  # fmt: skip


def _scan() -> dict[str, str]:
    return {
        "scan": tell("Scanner"), "open": tell("Ouvrir"), "seen": tell("{tablet} : vue, alvéole {slot}."), "again": tell("{tablet} : déjà vue."),
        "cart_open": tell("{cart} : sa grille est ouverte."), "wrong_cart": tell("{tablet} est de la valise {cart}."),
        "code_unknown": tell("« {code} » n'est pas de cette tournée."), "code_spare": tell("{code} est une tablette de réserve."),
        "code_imei": tell("« {code} » est un IMEI, qui n'est pas gardé : lire le numéro de série."),
        "no_camera": tell("Caméra indisponible : taper le code, ou le lire avec une douchette."),
    }  # fmt: skip


def _sending() -> dict[str, str]:
    return {
        "all_sent": tell("Tout est envoyé"), "unsent_one": tell("{count} non envoyée"), "unsent_many": tell("{count} non envoyées"),
        "online": tell("avec réseau"), "offline": tell("sans réseau"), "saved_one": tell("Enregistré sur ce téléphone."),
        "saved_many": tell("{count} saisies enregistrées sur ce téléphone."), "not_saved": tell("Rien n'a été enregistré : recommencer."),
        "full": tell("Le téléphone n'a plus de place : rien n'a été enregistré. En libérer, puis recommencer."),
        "almost_full": tell("Le téléphone n'a presque plus de place : envoyer ou exporter les saisies, puis en libérer."),
        "see_unsent": tell("Voir les saisies non envoyées"), "send_now": tell("Envoyer"), "export": tell("Exporter mes saisies"),
        "exported_one": tell("{count} saisie dans le fichier."), "exported_many": tell("{count} saisies dans le fichier."),
        "unsent_why": tell("Elles restent sur ce téléphone jusqu'à ce que le serveur ait répondu, même éteint, même déconnecté."),
        "all_sent_why": tell("Le serveur a répondu de tout."), "persisted": tell("Le navigateur garde ces saisies même s'il manque de place."),
        "not_persisted": tell("Le navigateur pourrait effacer ces saisies s'il manque de place : les envoyer, ou les exporter."),
        "sign_out": tell("Se déconnecter"), "leave_one": tell("{count} saisie n'est pas envoyée. Elle reste ici, sous ce compte. Se déconnecter ?"),
        "leave_many": tell("{count} saisies ne sont pas envoyées. Elles restent ici, sous ce compte. Se déconnecter ?"),
        "new_version": tell("Nouvelle version : l'installer"), "release": tell("Version {release}"),
        "no_worker": tell("Ce navigateur ne peut pas garder l'application hors ligne."), "fault": tell("L'envoi a échoué ({fault}) : rien n'est perdu."),
    }  # fmt: skip


def _kinds() -> dict[str, str]:
    return {
        "kind_tick": tell("points cochés"), "kind_stage": tell("étape"), "kind_swap": tell("remplacement"), "kind_step": tell("étape de la valise"),
        "kind_seen": tell("vue"), "kind_note": tell("note"), "kind_photo": tell("photo"), "kind_visit": tell("visite infructueuse"),
        "kind_handover": tell("procès-verbal signé"), "kind_close": tell("fin de tournée"),
    }  # fmt: skip
