import type { Language, Outcome } from './models';

/** Who the outcome page speaks about; a name that may not be told is replaced by plain words. */
export interface OutcomeNames {
  sender: string;
  service: string;
}
export interface OutcomeText {
  title: (names: OutcomeNames) => string;
  /** What happened. */
  what: (names: OutcomeNames) => string;
  /** What to do, or to expect, next. */
  next: (names: OutcomeNames) => string;
}
interface OutcomeTexts {
  someSender: string;
  someService: string;
  turn: Record<'nobody' | 'reader' | 'sender', (sender: string) => string>;
  account: string;
  accountUnknown: (service: string) => string;
  said: (service: string) => string;
  retry: string;
  goBack: (host: string) => string;
  reference: string;
  outcomes: Record<Outcome, OutcomeText>;
}

const english: OutcomeTexts = {
  someSender: 'the person who sent you the link',
  someService: 'the service',
  turn: {
    nobody: () => 'Nothing left to do',
    reader: () => 'What you can do',
    sender: (sender) => `Now it is up to ${sender}`,
  },
  account: 'Account:',
  accountUnknown: (service) =>
    `Which account it is, we do not know: we got no name for it from ${service}. If you have several, make sure you used the right one.`,
  said: (service) => `The answer we got from ${service}:`,
  retry: 'Try again',
  goBack: (host) => `Go back to ${host}`,
  reference: 'Reference for questions:',
  outcomes: {
    connected: {
      title: ({ service }) => `You have connected ${service}`,
      what: ({ sender }) => `It worked, and the access is stored encrypted for ${sender}.`,
      next: () => 'You can close this page.',
    },
    held: {
      title: () => 'This is another account than before',
      what: ({ service }) =>
        `You signed in at ${service} with a different account than the one that was connected. To be safe we set the new one aside; the earlier connection stays as it is.`,
      next: ({ sender }) =>
        `The new account is used only if ${sender} confirms it. If you picked it by mistake, try again and sign in with the account you used before.`,
    },
    denied: {
      title: () => 'Nothing was connected',
      what: ({ service }) => `You did not agree at ${service}, so no access was given.`,
      next: () =>
        'If that is what you wanted, you can close this page. If not, try again: the link from your message still works.',
    },
    link_unknown: {
      title: () => 'This link leads nowhere',
      what: () =>
        'There is no such link. Part of the address may be missing: mail programs sometimes break long links.',
      next: ({ sender }) =>
        `Copy the whole link from your message and open it again. If that does not help, ask ${sender} for a new one.`,
    },
    link_expired: {
      title: () => 'This link has expired',
      what: () => 'Links work for a limited time, so that an old message cannot be misused. Nothing was changed.',
      next: ({ sender }) => `Ask ${sender} for a new link.`,
    },
    link_revoked: {
      title: () => 'This link was withdrawn',
      what: () => 'It can no longer be used. Nothing was changed.',
      next: ({ sender }) => `If you still want to connect, ask ${sender} for a new link.`,
    },
    link_used: {
      title: () => 'This link has already been used',
      what: () => 'Each link works once, and with this one an account has been connected.',
      next: ({ sender }) =>
        `If that was you, all is done and you can close this page. If it was not, tell ${sender} at once.`,
    },
    client_suspended: {
      title: () => 'Connecting is paused',
      what: ({ sender }) =>
        `At the moment nothing can be connected here: it was paused by ${sender}. Nothing was changed.`,
      next: ({ sender }) => `Ask ${sender} when it goes on.`,
    },
    not_configured: {
      title: () => 'This connection is not ready yet',
      what: ({ service }) =>
        `The settings that are needed to reach ${service} are not complete. This is not your fault, and nothing was changed.`,
      next: ({ sender }) => `Tell ${sender}, with the reference below. Once it is set up, the same link works.`,
    },
    state_unknown: {
      title: () => 'We cannot match this sign-in',
      what: () => 'It does not belong to any that was started here, so we did nothing with it.',
      next: () => 'Open the link from your message again and start from there.',
    },
    state_expired: {
      title: () => 'The sign-in took too long',
      what: () => 'For your safety it has to be completed within ten minutes. Nothing was connected.',
      next: () => 'Start again with the link from your message.',
    },
    state_used: {
      title: () => 'This sign-in was already completed',
      what: () => 'This happens when a page is reloaded or opened again. It was not repeated, and nothing was changed.',
      next: () =>
        'If you have already read that it worked, you can close this page. If not, open the link from your message again.',
    },
    other_browser: {
      title: () => 'You started in another browser',
      what: () =>
        'A sign-in has to end in the browser in which it was started, so that nobody can slip you theirs. Nothing was connected.',
      next: () => 'Open the link from your message in this browser and start again.',
    },
    provider_error: {
      title: ({ service }) => `The sign-in at ${service} failed`,
      what: ({ service }) => `An error came back from ${service}. Nothing was connected.`,
      next: ({ sender }) => `Try again in a few minutes. If it fails again, tell ${sender}, with the reference below.`,
    },
    answer_refused: {
      title: ({ service }) => `The answer of ${service} does not fit`,
      what: ({ service }) =>
        `What came back by your browser names no address of ${service} that we know, another one than yours, or was changed on its way. To be safe nothing was connected.`,
      next: ({ sender }) => `Try again. If it happens again, tell ${sender}, with the reference below.`,
    },
    exchange_failed: {
      title: ({ service }) => `The last step failed at ${service}`,
      what: ({ service }) =>
        `You did everything right, but we could not obtain the access from ${service}. Nothing was connected.`,
      next: ({ sender }) => `Try again. If it fails again, tell ${sender}, with the reference below.`,
    },
    provider_unreachable: {
      title: ({ service }) => `We cannot reach ${service} at the moment`,
      what: ({ service }) => `The last step needs an answer from ${service}, and none came. Nothing was connected.`,
      next: () => 'Try again in a few minutes with the link from your message.',
    },
    too_many: {
      title: () => 'Too many attempts',
      what: () => 'To keep accounts safe, we limit how often this can be tried.',
      next: () => 'Wait a few minutes, then open the link from your message again.',
    },
    wrong_origin: {
      title: () => 'This request came from another website',
      what: () => 'Your browser says that it was not sent from our page, so we did nothing.',
      next: () => 'Open the link from your message and use the button there.',
    },
    internal: {
      title: () => 'Something went wrong on our side',
      what: () => 'This is not your fault. We cannot say whether the last step was completed.',
      next: ({ sender }) =>
        `Open the link from your message again in a few minutes. If the error remains, tell ${sender}, with the reference below.`,
    },
  },
};

const french: OutcomeTexts = {
  someSender: 'la personne qui vous a envoyé le lien',
  someService: 'le service',
  turn: {
    nobody: () => 'Vous n’avez plus rien à faire',
    reader: () => 'Ce que vous pouvez faire',
    sender: (sender) => `La suite appartient à ${sender}`,
  },
  account: 'Compte\u00a0:',
  accountUnknown: (service) =>
    `Nous ne savons pas de quel compte il s’agit\u00a0: aucun nom ne nous a été communiqué par ${service}. Si vous en avez plusieurs, assurez-vous d’avoir utilisé le bon.`,
  said: (service) => `La réponse envoyée par ${service}\u00a0:`,
  retry: 'Réessayer',
  goBack: (host) => `Retourner sur ${host}`,
  reference: 'Référence en cas de question\u00a0:',
  outcomes: {
    connected: {
      title: ({ service }) => `Vous avez connecté ${service}`,
      what: ({ sender }) => `Tout a fonctionné\u00a0: l’accès est conservé chiffré pour ${sender}.`,
      next: () => 'Vous pouvez fermer cette page.',
    },
    held: {
      title: () => 'Ce n’est pas le même compte qu’avant',
      what: ({ service }) =>
        `Vous avez utilisé chez ${service} un autre compte que celui qui était connecté. Par prudence, nous avons mis le nouveau de côté\u202f; la connexion précédente reste en place.`,
      next: ({ sender }) =>
        `Le nouveau compte ne servira qu’après confirmation par ${sender}. Si vous l’avez choisi par erreur, réessayez avec le compte utilisé auparavant.`,
    },
    denied: {
      title: () => 'Rien n’a été connecté',
      what: ({ service }) => `Vous n’avez pas donné votre accord chez ${service}\u00a0: aucun accès n’a été accordé.`,
      next: () =>
        'Si c’est ce que vous vouliez, vous pouvez fermer cette page. Sinon, réessayez\u00a0: le lien de votre message fonctionne toujours.',
    },
    link_unknown: {
      title: () => 'Ce lien ne mène nulle part',
      what: () =>
        'Ce lien n’existe pas. Il manque peut-être une partie de l’adresse\u00a0: certaines messageries coupent les longs liens.',
      next: ({ sender }) =>
        `Copiez le lien entier depuis votre message et ouvrez-le de nouveau. Si cela ne suffit pas, demandez-en un nouveau à ${sender}.`,
    },
    link_expired: {
      title: () => 'Ce lien a expiré',
      what: () =>
        'Les liens ne fonctionnent que pendant un temps limité, afin qu’un ancien message ne puisse pas être détourné. Rien n’a été modifié.',
      next: ({ sender }) => `Demandez un nouveau lien à ${sender}.`,
    },
    link_revoked: {
      title: () => 'Ce lien a été retiré',
      what: () => 'Il ne peut plus être utilisé. Rien n’a été modifié.',
      next: ({ sender }) => `Si vous souhaitez toujours établir la connexion, demandez un nouveau lien à ${sender}.`,
    },
    link_used: {
      title: () => 'Ce lien a déjà été utilisé',
      what: () => 'Chaque lien ne sert qu’une fois, et un compte a été connecté avec celui-ci.',
      next: ({ sender }) =>
        `Si c’était vous, tout est terminé et vous pouvez fermer cette page. Sinon, prévenez tout de suite ${sender}.`,
    },
    client_suspended: {
      title: () => 'Les connexions sont suspendues',
      what: ({ sender }) =>
        `Pour le moment, rien ne peut être connecté ici\u00a0: cela a été suspendu par ${sender}. Rien n’a été modifié.`,
      next: ({ sender }) => `Demandez à ${sender} quand cela reprendra.`,
    },
    not_configured: {
      title: () => 'Cette connexion n’est pas encore prête',
      what: ({ service }) =>
        `Les réglages nécessaires pour joindre ${service} ne sont pas complets. Ce n’est pas votre faute, et rien n’a été modifié.`,
      next: ({ sender }) =>
        `Prévenez ${sender} en indiquant la référence ci-dessous. Une fois les réglages terminés, le même lien fonctionnera.`,
    },
    state_unknown: {
      title: () => 'Nous ne retrouvons pas cette tentative',
      what: () => 'Elle ne correspond à aucune connexion commencée ici\u202f; nous n’en avons donc rien fait.',
      next: () => 'Ouvrez de nouveau le lien de votre message et recommencez à partir de là.',
    },
    state_expired: {
      title: () => 'La connexion a pris trop de temps',
      what: () => 'Pour votre sécurité, elle doit être terminée en dix minutes. Rien n’a été connecté.',
      next: () => 'Recommencez avec le lien de votre message.',
    },
    state_used: {
      title: () => 'Cette étape a déjà été effectuée',
      what: () =>
        'Cela arrive lorsqu’une page est rechargée ou rouverte. L’étape n’a pas été répétée, et rien n’a été modifié.',
      next: () =>
        'Si vous avez déjà lu que tout a fonctionné, vous pouvez fermer cette page. Sinon, ouvrez de nouveau le lien de votre message.',
    },
    other_browser: {
      title: () => 'Vous avez commencé dans un autre navigateur',
      what: () =>
        'Une connexion doit se terminer dans le navigateur où elle a commencé, pour que personne ne puisse vous imposer la sienne. Rien n’a été connecté.',
      next: () => 'Ouvrez le lien de votre message dans ce navigateur et recommencez.',
    },
    provider_error: {
      title: ({ service }) => `La connexion chez ${service} a échoué`,
      what: ({ service }) => `Une erreur a été renvoyée par ${service}. Rien n’a été connecté.`,
      next: ({ sender }) =>
        `Réessayez dans quelques minutes. Si cela échoue encore, prévenez ${sender} en indiquant la référence ci-dessous.`,
    },
    answer_refused: {
      title: ({ service }) => `La réponse reçue de ${service} ne convient pas`,
      what: ({ service }) =>
        `L’adresse revenue par votre navigateur n’est pas une adresse connue chez ${service}, n’est pas la vôtre, ou a été modifiée en route. Par prudence, rien n’a été connecté.`,
      next: ({ sender }) => `Réessayez. Si cela se reproduit, prévenez ${sender} en indiquant la référence ci-dessous.`,
    },
    exchange_failed: {
      title: ({ service }) => `La dernière étape a échoué chez ${service}`,
      what: ({ service }) =>
        `Vous avez tout fait correctement, mais l’accès ne nous a pas été remis par ${service}. Rien n’a été connecté.`,
      next: ({ sender }) =>
        `Réessayez. Si cela échoue encore, prévenez ${sender} en indiquant la référence ci-dessous.`,
    },
    provider_unreachable: {
      title: ({ service }) => `Impossible de joindre ${service} pour le moment`,
      what: ({ service }) =>
        `La dernière étape attend une réponse, et aucune n’est arrivée (${service}). Rien n’a été connecté.`,
      next: () => 'Réessayez dans quelques minutes avec le lien de votre message.',
    },
    too_many: {
      title: () => 'Trop de tentatives',
      what: () => 'Pour protéger les comptes, nous limitons le nombre de tentatives.',
      next: () => 'Patientez quelques minutes, puis ouvrez de nouveau le lien de votre message.',
    },
    wrong_origin: {
      title: () => 'Cette demande venait d’un autre site',
      what: () =>
        'D’après votre navigateur, elle n’a pas été envoyée depuis notre page\u202f; nous n’avons donc rien fait.',
      next: () => 'Ouvrez le lien de votre message et utilisez le bouton de cette page.',
    },
    internal: {
      title: () => 'Une erreur s’est produite de notre côté',
      what: () => 'Ce n’est pas votre faute. Nous ne pouvons pas dire si la dernière étape a abouti.',
      next: ({ sender }) =>
        `Ouvrez de nouveau le lien de votre message dans quelques minutes. Si l’erreur persiste, prévenez ${sender} en indiquant la référence ci-dessous.`,
    },
  },
};

/** Every text of the outcome pages; a translation that is missing does not compile. */
export const OUTCOME_TEXTS: Record<Language, OutcomeTexts> = { en: english, fr: french };
