import type { ConnectPageModel, Language } from './models';

// In French no-break spaces stand before ? ! : ; and inside « ». No text puts a name after "de" or "que", which some names elide.
interface Names {
  brand: string;
  service: string;
}

const english = {
  promise: 'Secured by Otobot, which stores every access encrypted.',
  notExpected: ({ brand }: Names) =>
    `Not expecting this? Close the page and nothing happens. If you are unsure, ask ${brand} in a way you already know.`,
  errorPrefix: 'Error: ',
  asks: ({ brand, service }: Names) => `${brand} asks you to connect ${service}`,
  asksAgain: ({ brand, service }: Names) => `${brand} asks you to connect ${service} again`,
  onBehalfOf: 'For',
  again: (service: string) => `Your earlier connection to ${service} has to be renewed.`,
  sameAccount: 'Please use the same account as before:',
  sameAccountUnknown: 'Please use the same account as before.',
  why: (brand: string) => `Why, in the words of ${brand}`,
  permissions: 'You allow',
  permissionsUnnamed: ({ brand, service }: Names) =>
    `${service} shows you what ${brand} may do before you agree to anything.`,
  keyReach: ({ brand, service }: Names) =>
    `With the key, ${brand} can do at ${service} whatever the key allows. If ${service} offers keys with limited rights, create one for this purpose.`,
  passwordReach: ({ brand, service }: Names) =>
    `With this sign-in, ${brand} can do at ${service} whatever its user may do. If you can, create a user for this purpose alone.`,
  next: 'What happens next',
  stepSignIn: (service: string) => `You sign in at ${service}.`,
  stepSignInWhere: (host: string) => `The address will begin with ${host}. We never see your password.`,
  stepSignInSafe: 'We never see your password.',
  stepAgree: (service: string) => `${service} asks whether you agree.`,
  stepAgreeDetail: 'You can still say no there.',
  stepDone: 'You come back here, and it is done.',
  stepDoneDetail: (service: string) => `You can take the access back at any time in your account at ${service}.`,
  stepCheck: (service: string) => `We check with ${service} that it works, where ${service} offers a way to.`,
  stepStore: 'We store it encrypted.',
  stepRevokePassword: (service: string) => `You can take it back at any time: change the password at ${service}.`,
  stepRevokeKey: (service: string) => `You can take it back at any time: delete it at ${service}.`,
  departing: (service: string) => `On the way to ${service}…`,
  continueTo: (service: string) => `Continue to ${service}`,
  connect: (service: string) => `Connect ${service}`,
  until: (when: string) => `This link works until ${when}.`,
  apiKeyLabel: (service: string) => `API key of ${service}`,
  apiKeyHelp: (service: string) =>
    `You find or create it in the settings of your account at ${service}, often under “API” or “Developers”.`,
  usernameLabel: (service: string) => `User name at ${service}`,
  usernameHelp: 'Sometimes this is an e-mail address.',
  passwordLabel: (service: string) => `Password at ${service}`,
  passwordHelp: 'It is stored encrypted.',
  tenant: {
    address: (service: string) => `Your address at ${service}`,
    name: (service: string) => `The name of your account at ${service}`,
    choice: (service: string) => `Which address of ${service} do you use?`,
    example: (example: string) => `For example ${example}.`,
    exampleAddress: (example: string, address: string) => `For example ${example}, if the address is ${address}.`,
    problem: {
      missing: (service: string) => `Please say which address or account at ${service} is yours.`,
      unknown: (service: string) =>
        `That cannot be an address at ${service}. You see yours in the address bar when you are signed in at ${service}.`,
    },
  },
  problem: {
    api_key: {
      missing: 'Please paste the API key.',
      rejected: (service: string) =>
        `${service} does not accept this key. Copy it again in full, or create a new one, and paste it here.`,
      unreachable: (service: string) =>
        `We could not reach ${service} to check the key, so nothing was stored. Please try again in a few minutes.`,
    },
    basic: {
      missing: 'Please fill in both the user name and the password.',
      rejected: (service: string) => `${service} does not accept this user name with this password. Please check both.`,
      unreachable: (service: string) =>
        `We could not reach ${service} to check the sign-in, so nothing was stored. Please try again in a few minutes.`,
    },
  },
};

type Texts = typeof english;
export type FormProblem = NonNullable<ConnectPageModel['formProblem']>;

const french: Texts = {
  promise: 'Sécurisé par Otobot, qui conserve chaque accès sous forme chiffrée.',
  notExpected: ({ brand }) =>
    `Vous n’attendiez pas cette demande\u202f? Fermez la page\u00a0: il ne se passera rien. En cas de doute, contactez ${brand} par un moyen que vous connaissez déjà.`,
  errorPrefix: 'Erreur\u00a0: ',
  asks: ({ brand, service }) => `${brand} vous demande de connecter ${service}`,
  asksAgain: ({ brand, service }) => `${brand} vous demande de reconnecter ${service}`,
  onBehalfOf: 'Pour',
  again: (service) => `Votre connexion précédente à ${service} doit être renouvelée.`,
  sameAccount: 'Merci d’utiliser le même compte que la dernière fois\u00a0:',
  sameAccountUnknown: 'Merci d’utiliser le même compte que la dernière fois.',
  why: (brand) => `Le motif indiqué par ${brand}`,
  permissions: 'Vous autorisez',
  permissionsUnnamed: ({ brand, service }) =>
    `${service} vous indiquera ce que ${brand} pourra faire, avant que vous n’acceptiez quoi que ce soit.`,
  keyReach: ({ brand, service }) =>
    `Avec cette clé, ${brand} pourra faire chez ${service} tout ce que la clé permet. Si ${service} propose des clés aux droits limités, créez-en une pour cet usage.`,
  passwordReach: ({ brand, service }) =>
    `Avec ces identifiants, ${brand} pourra faire chez ${service} tout ce que cet utilisateur peut faire. Si possible, créez un utilisateur réservé à cet usage.`,
  next: 'Ce qui va se passer',
  stepSignIn: (service) => `Vous vous connectez chez ${service}.`,
  stepSignInWhere: (host) => `L’adresse commencera par ${host}. Nous ne voyons jamais votre mot de passe.`,
  stepSignInSafe: 'Nous ne voyons jamais votre mot de passe.',
  stepAgree: (service) => `${service} vous demande votre accord.`,
  stepAgreeDetail: 'Vous pourrez encore refuser à ce moment-là.',
  stepDone: 'Vous revenez ici, et c’est terminé.',
  stepDoneDetail: (service) => `Vous pourrez retirer cet accès à tout moment dans votre compte chez ${service}.`,
  stepCheck: (service) => `Nous vérifions auprès de ${service} que tout fonctionne, lorsque ${service} le permet.`,
  stepStore: 'Nous l’enregistrons sous forme chiffrée.',
  stepRevokePassword: (service) =>
    `Vous pourrez reprendre cet accès à tout moment\u00a0: changez le mot de passe chez ${service}.`,
  stepRevokeKey: (service) => `Vous pourrez reprendre cet accès à tout moment\u00a0: supprimez-le chez ${service}.`,
  departing: (service) => `En route vers ${service}…`,
  continueTo: (service) => `Continuer vers ${service}`,
  connect: (service) => `Connecter ${service}`,
  until: (when) => `Ce lien est valable jusqu’au ${when}.`,
  apiKeyLabel: (service) => `Clé API ${service}`,
  apiKeyHelp: (service) =>
    `Vous pouvez la trouver ou la créer dans les paramètres de votre compte chez ${service}, souvent sous «\u00a0API\u00a0» ou «\u00a0Développeurs\u00a0».`,
  usernameLabel: (service) => `Nom d’utilisateur chez ${service}`,
  usernameHelp: 'C’est parfois une adresse e-mail.',
  passwordLabel: (service) => `Mot de passe chez ${service}`,
  passwordHelp: 'Il est conservé sous forme chiffrée.',
  tenant: {
    address: (service) => `Votre adresse chez ${service}`,
    name: (service) => `Le nom de votre compte chez ${service}`,
    choice: (service) => `Quelle adresse utilisez-vous chez ${service}\u202f?`,
    example: (example) => `Par exemple ${example}.`,
    exampleAddress: (example, address) => `Par exemple ${example}, si l’adresse est ${address}.`,
    problem: {
      missing: (service) => `Veuillez indiquer l’adresse ou le compte que vous utilisez chez ${service}.`,
      unknown: (service) =>
        `Ce ne peut pas être une adresse chez ${service}. La vôtre s’affiche dans la barre d’adresse lorsque vous y êtes connecté.`,
    },
  },
  problem: {
    api_key: {
      missing: 'Veuillez coller la clé API.',
      rejected: (service) =>
        `Cette clé est refusée par ${service}. Copiez-la de nouveau en entier, ou créez-en une autre, puis collez-la ici.`,
      unreachable: (service) =>
        `Nous n’avons pas pu joindre ${service} pour vérifier la clé\u00a0: rien n’a été enregistré. Réessayez dans quelques minutes.`,
    },
    basic: {
      missing: 'Veuillez saisir le nom d’utilisateur et le mot de passe.',
      rejected: (service) => `Ces identifiants sont refusés par ${service}. Vérifiez le nom et le mot de passe.`,
      unreachable: (service) =>
        `Nous n’avons pas pu joindre ${service} pour vérifier les identifiants\u00a0: rien n’a été enregistré. Réessayez dans quelques minutes.`,
    },
  },
};

/** Every text of the Connect page; a translation that is missing does not compile. */
export const TEXTS: Record<Language, Texts> = { en: english, fr: french };
