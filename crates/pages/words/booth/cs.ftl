# Volební místnost v prohlížeči, česky.

## Kolem stránek
booth-title = Váš hlasovací lístek
booth-footer = Váš lístek se zašifruje v tomto zařízení, dřív než je odeslán. Nikdo, kdo ho dostane, nepozná, čí je.
booth-program = Program této stránky
booth-program-note = Vše, co zde za vás hlasuje, je jeden balík souborů s tímto otiskem SHA-256. Je uveden v definici voleb, takže si každý může ověřit, že všichni voliči dostali totéž.
booth-noscript = K hlasování je potřeba JavaScript: lístek se šifruje v tomto zařízení, a to dělá program. Povolte na této stránce skripty a načtěte ji znovu. Odjinud se nic nenačítá.
booth-no-storage = Tento prohlížeč nedovoluje stránce nic uložit a váš hlas by se po zavření ztratil. Opusťte anonymní režim, nebo použijte jiný prohlížeč.
booth-runs-until = Do { $closes }
booth-keep = Nechat, jak to je
booth-back = Zpět
booth-open = Otevřít

## Bez odkazu
booth-landing = Je potřeba váš osobní odkaz
booth-landing-note = Najdete ho v pozvánce, kterou jste dostali e-mailem nebo na papíře. Otevřete ho tam, nebo ho sem vložte celý.
booth-paste = Osobní odkaz
booth-paste-wrong = Tohle není celý osobní odkaz. Začíná adresou této stránky a za znakem # pokračuje dlouhou řadou písmen.
booth-recover = Mám obnovovací kód
booth-recover-note = Vrátí vám, co vědělo ztracené nebo vymazané zařízení: váš identifikátor a možnost svůj hlas ověřit a změnit.
booth-recovery-code = Obnovovací kód (14 skupin)
booth-recover-do = Obnovit
booth-whose = Čí je to lístek?
booth-whose-note = V těchto volbách hlasovalo na tomto zařízení více lidí. Vyberte svůj identifikátor, nebo otevřete svůj vlastní odkaz.

## O jaké volby jde
booth-welcome = O těchto volbách
booth-who = Kdo je pořádá
booth-who-contact = { $organiser }, { $contact }
booth-until = Čas
booth-class = Hlasujete jako
booth-secret = Tajnost
booth-secret-note = Tajné. Váš hlas se otevře jen pod identifikátorem, který vymyslí toto zařízení a který nelze odlišit od cizích. Každý uvidí, že pod ním někdo hlasoval; že je váš, víte jen vy.
booth-changes = Změna hlasu
booth-changes-never = Není možná. Co odešlete, platí s konečnou platností.
booth-changes-replace = Možná do konce hlasování: hlasujte znovu, počítá se poslední hlas.
booth-changes-withdraw = Možná do konce hlasování: hlasujte znovu, počítá se poslední hlas, nebo vezměte svůj hlas zpět.
booth-limit = Čas na formulář
booth-limit-note = Minut od otevření lístku: { $minutes }. Poté ho jedním klepnutím otevřete znovu; co jste označili, zůstane.
booth-begin = K hlasovacímu lístku
booth-look-again = Podívat se znovu
booth-compare = Porovnat označení voleb
booth-to-board = Tyto volby na veřejné nástěnce
booth-not-yet-open = Hlasování ještě nezačalo. Až začne, vraťte se se stejným odkazem.
booth-opens-at = Hlasování začne { $opens }. Vraťte se se stejným odkazem.
booth-not-accepting = Nástěnka teď hlasy nepřijímá. Pokud hlasování právě skončilo, uzavírá se; jinak se podívejte znovu za minutu.
booth-is-closed = Hlasování skončilo.
booth-is-cancelled = Tyto volby byly zrušeny. Nebudou mít výsledek.
booth-not-prepared = Tyto volby se ještě připravují. Vraťte se později se stejným odkazem.

## Lístek
booth-preparing = Získává se vaše právo hlasovat
booth-preparing-note = Chvilku to potrvá: podepisuje se tak, aby nikdo neviděl, pod jakým identifikátorem ho použijete.
booth-ballot = Hlasovací lístek
booth-ballot-note = Dokud vše znovu neuvidíte, nic z tohoto zařízení neodejde.
booth-mistakes = Lístek ještě není úplný:
booth-rule-one = Vyberte jednu možnost.
booth-rule-up-to = Nejvýše můžete vybrat: { $max }
booth-rule-exactly = Vyberte přesně: { $max }
booth-rule-from-to = Vyberte nejméně { $min } a nejvýše { $max }.
booth-search = Hledat
booth-matches = Zobrazeno: { $shown } z { $all }
booth-chosen = Vybráno: { $chosen }, nejvýše { $max }
booth-too-many = Více než { $max } vybrat nelze. Nejdřív jednu volbu zrušte.
booth-too-few = Vybráno je málo: { $contest }
booth-abstain = Zdržuji se hlasování
booth-blank = Prázdný hlas: žádná z možností
booth-to-review = Zkontrolovat
booth-time-left = Na tento formulář zbývá { $seconds } s. Co jste označili, zůstane.
booth-time-up = Čas na tento formulář vypršel. Co jste označili, tu zůstává.
booth-restart = Pokračovat s novým formulářem

## Kontrola
booth-review = Je to váš hlas?
booth-review-note = Odesláno bude toto:
booth-blank-note = Kde není nic označeno, odevzdáte prázdný hlas.
booth-final = Tohle nelze vzít zpět.
booth-final-note = Odevzdaný hlas už nelze změnit ani odstranit: ani když je označeno něco jiného, než jste chtěli, ani když váš odkaz použil někdo jiný.
booth-replace-note = Do konce hlasování můžete hlasovat znovu, pak se počítá poslední hlas. Vzít hlas zpět bez nového nelze.
booth-withdraw-note = Do konce hlasování můžete hlasovat znovu, pak se počítá poslední hlas, nebo vzít svůj hlas zpět.
booth-again-note = Už jste hlasovali. Tento hlas nahradí předchozí.
booth-cast = Odevzdat tento hlas

## Na cestě
booth-sending = Váš hlas se odevzdává
booth-sending-note = Nechte tuto stránku otevřenou. Kdyby se zavřela nebo vypadla síť, otevřete ji znovu: bude pokračovat tam, kde byla, a nic se nezapočítá dvakrát.
booth-stage-checking = Kontrola voleb
booth-stage-token = Získání práva hlasovat, na kterém není jméno
booth-stage-casting = Šifrování, odeslání, čekání na potvrzení
booth-says-opening = Otevírá se…
booth-says-anchoring = Kontrolují se volby…
booth-says-asking = Žádá se o právo hlasovat…
booth-says-token = Právo hlasovat je získáno.
booth-says-sending = Odesílá se…
booth-says-waiting-authority = Služba pořadatele neodpovídá. Zkouší se znovu…
booth-says-waiting-board = Nástěnka zatím neodpovídá. Zkouší se znovu…
booth-says-waiting-issuer = Vydavatel neodpovídá. Zkouší se znovu…

## Hotovo
booth-done = Váš hlas
booth-stands-ballot = Váš hlas je zaznamenán. Máte hotovo.
booth-stands-withdrawal = Váš hlas je vzat zpět a je to zaznamenáno.
booth-stands-returned = Vaše nevyužité právo hlasovat je vráceno a je to zaznamenáno.
booth-stands-promised = Nástěnka slíbila zaznamenat hlas do { $deadline }. Stránku můžete zavřít; později to ukáže „Ověřit nyní“.
booth-stands-overdue = Nástěnka slíbila zaznamenat hlas do { $deadline } a ten čas už minul. Stiskněte „Ověřit nyní“.
booth-stands-unknown = Není známo, zda váš hlas dorazil. Je uložen v tomto zařízení a lze ho bezpečně poslat znovu.
booth-stands-unknown-returned = Není známo, zda je vaše nevyužité právo hlasovat vráceno. Lze to bezpečně poslat znovu.
booth-stands-unknown-earlier = Není známo, zda dorazilo to, co jste poslali naposledy. Dokud nedorazí, platí, co jste odevzdali dříve.
booth-stands-not-recorded = Váš hlas není zaznamenán.
booth-stands-not-recorded-earlier = Co jste poslali naposledy, není zaznamenáno. Platí, co jste odevzdali dříve.
booth-stands-other = Co je pod vaším identifikátorem zaznamenáno, bylo odesláno z jiného zařízení.
booth-stands-nothing = Nic nebylo odesláno.
booth-identifier = Váš identifikátor
booth-identifier-note = Pod ním najdete svůj hlas na veřejné nástěnce. Jen vy víte, že je váš: neukazujte ho nikomu, kdo nemá vědět, jak jste hlasovali.
booth-qr = Váš identifikátor jako QR kód
booth-copy = Kopírovat
booth-copied = Zkopírováno.
booth-print = Vytisknout
booth-receipt = Stáhnout potvrzení
booth-check = Ověřit nyní
booth-check-note = Stáhne váš hlas z nástěnky a ověří ho zde, v tomto zařízení.
booth-own-vote = Jak jsem hlasoval(a)
booth-own-vote-note = Uloženo jen v tomto zařízení. Služba to neví.
booth-recovery = Obnovovací kód
booth-recovery-note = S ním můžete svůj hlas ověřit a změnit na jiném zařízení, pokud o toto přijdete. Kdo ho má, může totéž: zapište si ho tam, kam nikdo jiný nevidí.
booth-recovery-show = Ukázat kód
booth-resend = Poslat znovu
booth-vote-again = Změnit svůj hlas
booth-withdraw = Vzít svůj hlas zpět
booth-withdrawing-note = Pak se od vás nezapočítá nic, pokud do konce hlasování nehlasujete znovu. Pod vaším identifikátorem bude vidět, že jste hlasovali a vzali hlas zpět.
booth-withdraw-yes = Vzít zpět
booth-return = Vrátit nevyužité právo hlasovat
booth-returning-note = Vzali jste si právo hlasovat a nevyužili ho. Když ho vrátíte, všichni uvidí, že ho nevyužil ani nikdo jiný. Hlasovat s ním už nepůjde.
booth-return-yes = Vrátit

## Co ukáže ověření
booth-checked-nothing = Právě ověřeno: pod vaším identifikátorem nic není a toto zařízení nic neodeslalo.
booth-checked-as-saved = Právě ověřeno: zaznamenáno je přesně to, co jste odeslali z tohoto zařízení, a počítá se to.
booth-checked-withdrawn = Právě ověřeno: je zaznamenáno, že jste vzali hlas zpět.
booth-checked-another = Právě ověřeno: co je pod vaším identifikátorem zaznamenáno, bylo odesláno z jiného zařízení. Pokud jste to byli vy, počítá se to. Pokud ne, má někdo váš obnovovací kód: hlasujte znovu a řekněte to pořadateli a komisi.
booth-checked-returned = Právě ověřeno: je zaznamenáno, že jste vrátili právo hlasovat.
booth-checked-missing = Právě ověřeno: váš hlas není zaznamenán. Pošlete ho znovu; pokud to nepomůže, řekněte to pořadateli.
booth-checked-promised = Právě ověřeno: ještě není zaznamenán. Nástěnka ho slíbila zaznamenat do { $deadline }.
booth-checked-contradicted = Právě ověřeno: nástěnka váš hlas neukazuje, ačkoli na něj vydala potvrzení. To lze dokázat: stáhněte si potvrzení, nemažte nic v tomto zařízení a řekněte to pořadateli a komisi.
booth-checked-too-late = Právě ověřeno: váš hlas není zaznamenán a hlasování skončilo.
booth-checked-overdue = Nástěnka svůj slib nedodržela. Dokazuje to potvrzení, které si zde stáhnete: řekněte to pořadateli a komisi.

## Co se nepovedlo
booth-failed = Tohle se nepovedlo
booth-safe = Zkusit totéž znovu je bezpečné: nic se nezapočítá dvakrát.
booth-repeat = Zkusit znovu
booth-other-link = Použít jiný odkaz
booth-why-link = Tento odkaz nelze přečíst. Cestou byl zkrácen nebo změněn: otevřete ho z pozvánky znovu, nebo ho vložte celý.
booth-why-link-needed = V tomto zařízení není z těchto voleb nic uloženo. Je potřeba váš osobní odkaz.
booth-why-unanswered = Některá služba neodpovídá, nebo vaše zařízení není připojeno k síti.
booth-why-refused = Služba to odmítla.
booth-why-other-election = Váš odkaz je pro jiné volby, než které se zde konají. Použijte nejnovější pozvánku, a pokud se to stane znovu, řekněte to pořadateli. Nic nebylo odesláno.
booth-unknown = Takové volby tu nejsou
booth-why-unknown-election = Takové volby tu nejsou. Porovnejte odkaz se svou pozvánkou.
booth-why-used = Váš odkaz už byl použit, na jiném zařízení nebo v jiném prohlížeči, nebo tento prohlížeč smazal, co uchovával. Pokračujte tam, nebo použijte obnovovací kód. Pokud jste to nebyli vy, řekněte to pořadateli a komisi.
booth-why-not-on-register = Váš odkaz už není v seznamu voličů. Zeptejte se pořadatele.
booth-why-replaced = Váš odkaz byl nahrazen novějším. Použijte nejnovější pozvánku, kterou máte.
booth-why-too-late = Je pozdě: právo hlasovat se už nevydává.
booth-why-closed = Hlasování skončilo. Nic už nelze odevzdat.
booth-why-clock = Hodiny tohoto zařízení jdou špatně. Nastavte je a zkuste to znovu.
booth-why-other-window = S vaším lístkem pracuje jiné okno tohoto prohlížeče. Zavřete ostatní a toto načtěte znovu.
booth-why-pending = Na cestě už může být lístek s jinými volbami, a ten je konečný. Lze poslat jen jej.
booth-why-displaced = Jiné zařízení s vaším obnovovacím kódem bylo rychlejší. Ověřte, co je zaznamenáno, a pokud to není, co chcete, hlasujte znovu.
booth-why-final = V těchto volbách je hlas konečný. Váš platí tak, jak jste ho odevzdali.
booth-why-no-withdrawal = V těchto volbách nelze vzít hlas zpět.
booth-why-nothing-to-withdraw = Není co vzít zpět.
booth-why-limit = Hlasovali jste a brali hlas zpět tolikrát, kolikrát tyto volby dovolují.
booth-why-spent = Právo hlasovat bylo využito a nelze ho vrátit.
booth-why-returned = Právo hlasovat bylo vráceno a už ho nelze využít.
booth-why-not-closed = To je možné až po skončení hlasování.
booth-why-never-issued = Na váš odkaz nebylo vydáno žádné právo hlasovat: není co vracet.
booth-why-not-recorded = Nástěnka neukazuje ani to, co jste odeslali, ani nic místo toho. Pošlete to znovu.
booth-why-evidence = Některá služba odpověděla něčím, co neplatí. Co je uloženo v tomto zařízení, to může dokázat: uschovejte to a řekněte to pořadateli a komisi.
booth-why-code = Obnovovací kód není správný. Porovnejte každou skupinu s tím, co jste si zapsali.
booth-why-nothing-to-recover = S tímto kódem nebylo nic odesláno, takže nástěnka nemá co vrátit. Pokud ještě máte svůj osobní odkaz, otevřete nejdřív ten.
booth-why-already-saved = Z těchto voleb už je v tomto zařízení něco uloženo.
booth-why-saved = Co tento prohlížeč uchovává z vašeho hlasu, už nelze přečíst. Použijte obnovovací kód, nebo se zeptejte pořadatele.
booth-why-program = Program této stránky nelze načíst. Zkontrolujte síť a načtěte stránku znovu.
booth-why-other = Došlo k jiné chybě.

## Moje volby
mine-title = Moje volby
mine-lead = Volby, ve kterých se na tomto zařízení hlasovalo. Seznam je jen v tomto prohlížeči a nikam se neposílá.
mine-none = Žádné tu nejsou. Otevřete osobní odkaz z pozvánky.
mine-running = Probíhají
mine-past = Skončily
mine-open = Můj lístek
mine-forget = Odstranit z tohoto zařízení
mine-forget-warning = Z tohoto zařízení tím odstraníte svůj identifikátor, svůj hlas i možnost ho změnit. Z voleb se váš hlas neodstraní. Zpět to vrátí jen obnovovací kód.
mine-forget-yes = Odstranit
