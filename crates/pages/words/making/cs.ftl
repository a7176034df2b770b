# Příprava voleb, česky

## Seznam kroků
make-title = Příprava voleb
make-complete = Hotovo
make-problems = { $count ->
    [one] Chybí jedna věc
    [few] Chybí { $count } věci
   *[other] Chybí { $count } věcí
  }
make-what-is-missing = Co chybí
make-next-parts = Projděte části níže v libovolném pořadí. Vše zůstane uloženo, když odejdete, a nic není veřejné, dokud to nezveřejníte.
make-next-plan = Všechny části jsou hotové. Nyní vlastník pevně určí, kdo se podílí, aby vydavatelé a správci klíče mohli vytvořit své klíče.
make-next-keys = Je určeno, kdo se podílí. Nyní ostatní vytvářejí své klíče; potrvá to, jak budou potřebovat, a tuto stránku můžete zavřít.
make-next-approve = Vše je připraveno. Nyní si schvalovatelé přečtou celé volby a schválí přesně toto znění.
make-next-publish = Všichni schválili. Vlastník může volby zveřejnit; od té chvíle je nelze změnit.
make-next-published = Volby jsou zveřejněny. Co bylo určeno, si zde můžete přečíst, ale ne změnit.
make-voters = Voliči
make-voters-about = Kdo smí volit: nahrajte seznam. Lze to udělat i později, dokud hlasování nezačne.
make-voters-none = Na seznamu zatím nikdo není
make-voters-count = { $count ->
    [one] Na seznamu je jeden člověk
    [few] Na seznamu jsou { $count } lidé
   *[other] Na seznamu je { $count } lidí
  }
make-then = Potom v tomto pořadí
make-step-plan = Vlastník určí, kdo se podílí
make-step-keys = Vydavatelé a správci klíče vytvoří své klíče
make-step-approve = Schvalovatelé schválí přesně to, co bude zveřejněno
make-step-publish = Vlastník zveřejní
make-awaited = Na koho se čeká
make-awaits-issuer = { $name }: klíče vydavatele. Vydavatel při této službě je vytvoří sám do minuty.
make-awaits-trustee = { $name }: další krok obřadu klíčů na vlastní stránce správce klíče.
make-awaits-solo = Klíč jediného správce klíče.
make-awaits-approver = { $name }: schválení.
make-check-go = Zkontrolovat a zveřejnit

## Všechny formuláře
make-save = Uložit
make-save-stay = Uložit a zůstat zde
make-saved = Uloženo.
make-saved-now = Někdo jiný zde uložil:
make-nothing = nic
make-meanwhile = Od chvíle, kdy jste stránku otevřeli, tyto volby změnil někdo jiný, proto se nic neuložilo. Co jste napsali, je níže. Kde se to liší od toho, co je uloženo nyní, je uvedeno obojí. Novým uložením nahradíte jejich znění svým.
make-meanwhile-look = Podívat se, co je uloženo nyní (v nové kartě)
make-not-saved = Nic se neuložilo, protože něco se nepodařilo přečíst. Co jste napsali, zde zůstalo; opravte:
make-not-number = Zde musí být celé číslo, například 3.
make-not-time = Zde musí být datum a čas, například 2027-05-03 08:00.
make-not-such-time = Takový čas toho dne není: hodiny se tehdy posouvají dopředu. Zvolte jiný.
make-not-language = Zde musí být značky jazyků, například de, fr nebo pt-BR, oddělené mezerami.
make-not-empty = Zde je potřeba něco vyplnit.
make-locked-published = Volby jsou zveřejněny, proto zde už nelze nic změnit.
make-locked-role = Vaše role dovoluje toto číst, ale ne měnit. Měnit mohou vlastník a správci.
make-voids = Někdo tyto volby už schválil. Uložíte-li změnu, všechna schválení pozbudou platnosti a musí se udělit znovu.
make-optional = Může zůstat prázdné.
make-untitled = bez názvu
make-up = Posunout nahoru
make-down = Posunout dolů
make-remove = Odebrat
make-remove-yes = Ano, odebrat
make-incomplete = neúplné
make-rows-more = Uložit a přidat prázdné řádky

## Části
make-titles = Název a jazyky
make-titles-about = Jak se volby jmenují, v jakých jazycích jsou a kdo za ně odpovídá.
make-contests = Otázky a kandidáti
make-contests-about = O čem se hlasuje: každá otázka má vlastní možnosti a vlastní zvolené.
make-classes = Skupiny voličů
make-classes-about = Většině voleb stačí jedna skupina. Více jich je pro voliče, kteří hlasují o různých otázkách, jejichž hlasy mají různou váhu, nebo jejichž hlasy se sčítají po obvodech.
make-schedule = Kdy se hlasuje
make-schedule-about = Hlasování se otevře a zavře samo v časech, které určíte, nebo když to řeknete.
make-policies = Pravidla
make-policies-about = Pravidla, v nichž se volby liší, a co každé znamená pro voliče. Obvyklá jsou už zvolena.
make-trustees = Kdo sčítá
make-trustees-about = Správci klíče drží klíč, kterým se otevírají hlasovací lístky, aby je nikdo nemohl otevřít sám. Vydavatelé dají každému voliči jedno právo hlasovat.
make-words = Pozvánky a schválení
make-words-about = Co stojí v e-mailu voličům a kdo musí volby schválit, než se zveřejní.

## Název a jazyky
make-languages = Jazyky
make-languages-which = V jakých jazycích voliči čtou hlasovací lístek
make-languages-note = Každý text je třeba napsat v každém z nich. Odebráním jazyka zmizí i jeho texty.
make-languages-other = Další jazyky
make-languages-other-note = Jejich značky, například de nebo pt-BR, oddělené mezerami. Tlačítka a vysvětlivky kolem vašich textů jsou pak anglicky.
make-languages-first = První jazyk
make-languages-first-note = V seznamech a e-mailech je název v tomto jazyce.
make-languages-set = Uložit jazyky a zobrazit jejich pole
make-named = O co jde
make-election-title = Název voleb
make-election-title-note = Například: Volby do studentské rady 2027.
make-election-description = Popis
make-trial = Je to jen zkouška
make-trial-note = Říká to každá stránka i každý e-mail, takže výsledek nikdo nebude považovat za skutečný.
make-organiser = Kdo za ně odpovídá
make-organiser-name = Pořadatel
make-organiser-name-note = Organizace nebo její volební komise.
make-organiser-contact = Kontakt pro dotazy voličů
make-organiser-contact-note = E-mailová adresa nebo telefon, kde během hlasování někdo odpoví.
make-time-zone = Časové pásmo
make-time-zone-note = V němž se všechny časy těchto voleb ukazují a zde zapisují.

## Otázky a kandidáti
make-contests-none = Zatím tu není žádná otázka.
make-contest-new = Další otázka
make-contest-add = Přidat otázku
make-contest-title = Otázka nebo funkce
make-contest-title-note = Například: Předseda unie, nebo: Má se zvýšit příspěvek?
make-contest-about = Otázka, jak ji voliči čtou, co v ní mohou označit a kolik toho smí být.
make-contest-description = Vysvětlení
make-remove-contest = „{ $name }“ a všechny její možnosti zmizí.
make-question = Otázka
make-options = Kandidáti nebo odpovědi
make-options-note = Na hlasovacím lístku stojí v tomto pořadí. Prázdné řádky se nepočítají.
make-option-title = Jméno nebo odpověď
make-option-description = Co by o tom voliči měli vědět
make-options-count = { $count ->
    [one] 1 možnost
    [few] { $count } možnosti
   *[other] { $count } možností
  }
make-seats-count = { $count ->
    [one] 1 zvolený
    [few] { $count } zvolení
   *[other] { $count } zvolených
  }
make-paste = Vložit seznam jmen
make-paste-note = Na každém řádku jedno. Tabulátor nebo svislá čára s mezerami ( | ) odděluje jméno od popisu; dva sloupce z tabulky lze vložit tak, jak jsou. Přidají se pod ostatní, ve všech jazycích stejně.
make-paste-do = Přidat tato jména
make-limits = Kolik
make-min = Nejméně označit
make-min-note = 0: volič může nechat prázdné.
make-max = Nejvíce označit
make-max-note = Stránka nedovolí označit víc.
make-seats = Počet zvolených
make-seats-note = Tolik jich bude zvoleno.
make-abstain = Nabídnout „zdržuji se“
make-abstain-note = Kdo se zdrží, hlasování se zúčastnil a nehlasuje pro nikoho. Počítá se zvlášť od prázdných lístků.
make-method-note = Vítězí ti s nejvíce hlasy. Rovnost hlasů program jen oznámí a nikdy nerozhodne: rozhodují lidé. Nikdo není zvolen bez hlasu.

## Co je špatně
rule-man-4 = Krátké jméno nemá správný tvar.
rule-man-5 = Zkratka nemá správný tvar: malá písmena bez háčků a čárek, číslice a spojovníky.
rule-man-6 = Toto není značka jazyka jako en, cs nebo pt-BR.
rule-man-7 = Je jich příliš málo, nebo příliš mnoho. Přidejte, nebo uberte.
rule-man-8 = V seznamu je totéž dvakrát.
rule-man-9 = Je zde uvedeno něco, co v těchto volbách není.
rule-man-10 = O tomto nikdo nehlasuje: ať o tom hlasuje některá skupina voličů, nebo to odeberte.
rule-man-11 = Otázky skupiny mají jiné pořadí než ve volbách. Uložte skupiny znovu.
rule-man-12 = Text chybí v některém z jazyků, nebo je v jazyce, který volby nemají.
rule-man-13 = Zde musí něco stát, ne příliš dlouhé a bez skrytých znaků.
rule-man-14 = Dvě možnosti vypadají pro voliče stejně. Dejte jedné jiné jméno nebo popis.
rule-man-15 = Toto číslo je mimo rozsah, který zde dává smysl.
rule-man-16 = Požaduje se více označení, než je dovoleno. Snižte nejmenší, nebo zvyšte největší počet.
rule-man-17 = Nesmí-li nikdo hlasovat znovu, má každý volič přesně jeden lístek: napište 1.
rule-man-18 = Časy nejsou v pořadí: nejdřív se hlasování otevře, pak zavře, pak se otevírají lístky.
rule-man-20 = Toto není adresa služby jako https://volby.example.org.
rule-man-21 = Toto není časové pásmo jako Europe/Prague.
rule-man-22 = Klíč není platný. Jeho majitel ho musí vytvořit znovu.
rule-man-23 = Stejný klíč je na dvou místech. Každý musí být jiný.
rule-man-24 = Klíče vydavatele už neodpovídají skupinám voličů. Ať je vytvoří znovu.
rule-man-25 = Není prokázáno, že klíče patří vydavateli. Ať je vytvoří znovu.
rule-man-26 = K otevření lístků jsou potřeba nejméně dva správci klíče a ne víc, než kolik jich je. Jediného je nutno zvolit výslovně.
rule-man-27 = Celý klíč může držet jen jediný správce: odeberte ostatní, nebo zrušte volbu jediného.
rule-man-28 = Hlasovací lístek je příliš velký. Uberte možnosti u největších otázek, nebo volby rozdělte.
rule-man-29 = Skupina má tak málo voličů, že by výsledek mohl ukázat, jak hlasovali jednotlivci. Spojte ji s jinou, nebo to u skupiny potvrďte.
rule-man-30 = Výsledek by byl příliš velký. Dejte této otázce méně možností nebo kratší jména.
rule-man-31 = Sčítání by bylo příliš rozsáhlé. Dejte této otázce méně možností, nebo spojte skupiny voličů.
rule-man-32 = Tento počet lístků není možný. Napište 1, nemá-li žádný lístek čekat na jiné.
rule-man-33 = Tak dlouho lístky čekat nemohou. Napište 600 pro obvyklých deset minut, nebo 1 při schůzi.
rule-man-34 = Přebírá-li se právo hlasovat při hlasování, nelze ho převzít dřív, než se otevře. Dřívější čas nechte prázdný, nebo změňte pravidlo.
rule-no-plan = Ještě není určeno, kdo se podílí.
rule-no-issuer-keys = Tento vydavatel zatím nedal své klíče.
rule-class-without-key = Skupiny voličů se změnily poté, co tento vydavatel vytvořil klíče. Ať je vytvoří znovu.
rule-no-election-key = Správci klíče zatím nevytvořili klíč voleb.
rule-unknown-booth = Zvolená verze hlasovací stránky zde není. Zvolte nejnovější.
rule-no-approver = Vyberte alespoň jeden účet, který musí schválit.
rule-repeated-approver = Někdo je mezi schvalovateli dvakrát.
rule-unknown-approver = Někdo, kdo má schválit, nemá k těmto volbám přístup. Dejte mu ho, nebo vyberte jiného.
rule-no-link = V pozvánce musí být {"{"}link{"}"}, kde bude odkaz každého voliče.
rule-bad-subject = Předmět musí být jeden řádek, který něco říká.
rule-not-the-plan = Liší se to od toho, co bylo určeno o účastnících. Vraťte to, nebo začněte jiné volby z kopie.
rule-opens-in-the-past = Čas otevření hlasování už minul. Zvolte pozdější.
rule-people-of-no-class = Lidé na seznamu voličů patří do skupiny, která byla odebrána. Přidejte ji znovu, nebo nahrajte nový seznam.
rule-other = Zde je něco špatně:

## Skupiny voličů
make-class-new = Další skupina
make-class-add = Přidat skupinu
make-class-title = Název skupiny
make-class-id = V seznamu voličů se tato skupina jmenuje „{ $id }“.
make-class-people = { $count ->
    [one] Je v ní jeden člověk.
    [few] Jsou v ní { $count } lidé.
   *[other] Je v ní { $count } lidí.
  }
make-class-contests = Hlasuje o
make-weight = Váha hlasu
make-weight-note = Většinou 1. Při 3 se každé označení počítá jako tři hlasy a všichni vidí, že hlasovala tato skupina.
make-district = Volební obvod
make-district-note = Může být prázdný. Skupiny téhož obvodu se sčítají a výsledek se ukáže i po obvodech.
make-confirmed = Tato skupina smí být malá
make-confirmed-note = Zaškrtněte, jen pokud její členové vědí, že výsledek může ukázat, jak kdo hlasoval.
make-small = Malé skupiny
make-small-about = Každý zveřejněný hlas ukazuje svou skupinu. Ve skupině o jednom člověku je to hlas tohoto člověka; ve skupině o třech prozradí dva, kteří řeknou, jak hlasovali, třetího. Proto se skupina s méně voliči odmítne, pokud ji výše nepotvrdíte.
make-smallest = Nejmenší počet voličů skupiny
make-smallest-note = Obvykle 5.

## Kdy se hlasuje
make-schedule-times = Samo, v pevných časech
make-schedule-times-means = Voliči si mohou hlasování naplánovat. Při otevření ani zavření nikdo nemusí být přítomen a nikdo je nemůže zavřít dřív.
make-schedule-manual = Ručně
make-schedule-manual-means = Pro hlasování na schůzi: otevíráte a zavíráte na stránce přehledu a obojí se zapíše.
make-times = Časy
make-times-zone = Všechny časy jsou v pásmu { $zone }. Platí, jen otevírá-li se hlasování samo.
make-times-zone-other = Zvolit jiné pásmo
make-opens = Hlasování se otevře
make-opens-note = Od této chvíle mohou voliči hlasovat.
make-closes = Hlasování se zavře
make-closes-note = V této chvíli končí, na sekundu. Pozdější lístek se odmítne.
make-times-more = Další časy
make-issuance-opens = Právo hlasovat lze převzít
make-issuance-opens-note = Prázdné: když se hlasování otevře. Je-li to dřív, zařízení voličů se mohou připravit předem a zátěž se rozloží.
make-opening = Lístky se neotevřou dřív než
make-opening-note = Prázdné: jakmile se hlasování zavře. Později, mají-li se před sčítáním projednat námitky.

## Pravidla
make-as-at = Jako { $names }.
make-for-voters = Pro voliče
make-for-result = Pro výsledek
make-policies-more = Pravidla, která málokdy potřebují změnu
make-revote = Smí volič hlasovat znovu?
make-revote-withdraw = Ano, a také vzít hlas zpět
make-revote-withdraw-means = Platí poslední lístek. Na koho někdo tlačil, může později hlasovat znovu v soukromí; kdo chce, může svůj hlas stáhnout.
make-revote-replace = Ano
make-revote-replace-means = Platí poslední lístek. Lze ho nahradit, ale ne vzít zpět.
make-revote-never = Ne, první lístek je konečný
make-revote-never-means = Kdo se splete nebo je sledován, už to nenapraví. Stránka před odesláním varuje.
make-revote-limit = Nejvíce lístků jednoho voliče
make-revote-limit-note = Obvykle 16; 1, nesmí-li nikdo hlasovat znovu. Brání zahlcení záznamu.
make-figures = Co je veřejné během hlasování?
make-figures-none = Nic
make-figures-none-means = Nikdo neví, kolik lidí hlasovalo, a nikoho to neovlivní. Voliči vidí své potvrzení.
make-figures-turnout = Účast
make-figures-turnout-means = Všichni vidí, kolik lidí hlasovalo, a zašifrované lístky. Nikdy výsledek.
make-blank = Čím je lístek, na němž nic není označeno?
make-counts-participated = Jeho volič se zúčastnil
make-counts-unused = Jako by odevzdán nebyl
make-blank-participated-means = Prázdný lístek se počítá do účasti a není pro nikoho. Pomáhá dosáhnout kvora.
make-blank-unused-means = Prázdný lístek se do účasti nepočítá. Nepomáhá dosáhnout kvora.
make-disclosure = Co se po konci zveřejní z jednotlivých lístků?
make-disclosure-each = Každý hlas pod identifikátorem
make-disclosure-each-means = Voliči najdou svůj hlas podle kódu, který s nimi nikdo jiný nespojí, a každý může sčítat znovu. Jen součty zatím nejsou možné.
make-invalid = Čím je lístek, který nelze přečíst?
make-invalid-unused-means = Žádná stránka takový lístek nevytvoří; dokáže to jen vadný nebo vlastní program. Do účasti se nepočítá.
make-invalid-participated-means = Do účasti se počítá, ač pro nic nehlasuje.
make-credentials = Kdo vytváří přístupové klíče voličů?
make-credentials-authority = Tato služba
make-credentials-authority-means = Každý volič dostane odkaz e-mailem či dopisem a nic dalšího nepotřebuje. Dokud není použit, mohl by ho použít provozovatel této služby.
make-credentials-device = Zařízení každého voliče
make-credentials-device-means = Klíč nemá nikdy nikdo jiný. Voliči se nejprve přihlásí systémem organizace, který musí připojit jeho provozovatel.
make-credentials-third = Někdo jiný
make-credentials-third-means = Například je rozdá volební komise a této službě předá veřejné poloviny, programem.
make-issuance = Kdy volič převezme právo hlasovat?
make-issuance-ahead = Kdykoli, i než se hlasování otevře
make-issuance-ahead-means = Kdy kdo právo převzal, neříká nic o tom, kdy hlasoval. Žádný čas se neukládá.
make-issuance-with = Při hlasování
make-issuance-with-means = Pro řády, které vyžadují seznam s časem každého hlasování: dostane ho komise a nikdy není veřejný.
make-batch = Jak dlouho lístky čekají na sebe?
make-batch-note = Kdyby se každý lístek objevil hned, mohl by ten, kdo vás viděl hlasovat, najít váš podle času. Proto se objevují společně a bez pořadí.
make-batch-many = 20 lístků nebo 600 sekund: volby na více dní. Jako { $names }.
make-batch-one = 1 a 1: hlasování na schůzi, kde všichni hlasují během minut. Jako { $names }.
make-batch-min = Lístků najednou
make-batch-min-note = Jakmile jich od skupiny bude tolik.
make-batch-wait = Nejvýše sekund
make-batch-wait-note = Pak se objeví, ať je jich jakkoli málo.
make-form = Sekund na dokončení převzetí práva hlasovat
make-form-note = Obvykle 300. Poté zařízení voliče prostě začne znovu.
make-witnesses = Kdo navíc hlídá veřejný záznam?
make-witnesses-none = Nikdo zvlášť
make-witnesses-none-means = Hlídat ho může každý. Svědkové, kteří podepisují, co vidí, zatím nejsou možní.
make-booth = Která verze hlasovací stránky?
make-booth-newest = Nejnovější
make-booth-newest-means = Při zveřejnění voleb se určí svým otiskem a pak se nemění.
make-booth-pinned = Ta, která byla zvolena
make-booth-pinned-means = Určil ji program nebo volby, z nichž jsou tyto zkopírovány.

## Kdo sčítá
make-trustees-title = Správci klíče
make-trustees-note = Vyberte lidi, kteří by si navzájem nepomohli podvádět, třeba po jednom z každé strany. Každý vytvoří část klíče na svém zařízení. Celý klíč nemá nikdy nikdo.
make-trustee-number = Jméno správce klíče { $count }
make-threshold = Kolik z nich je potřeba k otevření lístků
make-threshold-note = Při 2 ze 3 může jeden klíč ztratit a volby přesto mají výsledek; a jeden sám nic neotevře. Jsou-li potřeba všichni, jeden ztracený klíč znamená žádný výsledek.
make-solo-open = Jen jediný správce klíče
make-solo-warning = Jediný správce může kdykoli otevřít každý lístek, sám a nepozorovaně. Zvolte to jen na zkoušku, nebo kde to nikomu nevadí.
make-solo = Vím to: celý klíč drží jeden správce
make-issuers-title = Vydavatelé
make-issuers-note = Vydavatel dá každému na seznamu jedno právo hlasovat, aniž vidí, jak se hlasuje. Většině voleb stačí jeden.
make-issuer-where = Kde běží
make-issuer-own = Při této službě
make-issuer-own-means = Není třeba nic dalšího: klíče si vytvoří sám.
make-issuer-own-name = Vydavatel volební služby
make-issuer-other = Jinde, provozují ho jiní
make-issuer-other-means = Musí souhlasit a dát své klíče, až bude určeno, kdo se podílí. Pak by zde nikdo sám nemohl vydat právo hlasovat navíc.
make-issuer-name = Název, který voliči čtou
make-issuer-name-note = Například: Volební kancelář unie.
make-issuer-url = Adresa
make-issuer-url-note = U vydavatele jinde, například https://vydavatel.example.org. Při této službě ji nechte, jak je.
make-issuer-new = Další vydavatel
make-issuer-new-note = Při dvou musí každý dát svou část každého práva hlasovat, takže jeden sám nemůže padělat ani tajně odmítat. Selže-li jeden, nikdo nemůže hlasovat.
make-issuer-add = Přidat vydavatele
make-fixed-note = Je určeno, kdo se podílí: jména a počty už nelze měnit. Je-li třeba někoho nahradit, začněte jiné volby z kopie těchto.
make-fixed-threshold = { $count ->
    [one] Lístky otevírá jeden z nich.
    [few] Lístky otevírají { $count } z nich.
   *[other] Lístky otevírá { $count } z nich.
  }
make-links-note = Pošlete každému správci jeho vlastní odkaz. Vše, co má udělat, je na té stránce krok za krokem.
make-link = Odkaz k odeslání
make-ceremony-enrolment = Ještě nezačal
make-ceremony-round1 = Čeká se na první ze tří kroků
make-ceremony-round2 = Čeká se na druhý ze tří kroků
make-ceremony-confirmation = Čeká se na poslední krok
make-ceremony-waits = Tento krok udělal a čeká na ostatní
make-ceremony-done = Má klíč
make-restart = Začít obřad klíčů znovu
make-restart-warning = Jen pokud správce ztratil soubor nebo krok selhal. Každý správce musí projít všechny kroky znovu a schválení pozbudou platnosti.
make-forget = Kdo ztratil soubor?
make-forget-note = Zapíší se znovu s novým. Ostatní pokračují se svým.
make-confirm = Pro potvrzení napište krátké jméno voleb: { $slug }
make-restart-do = Začít znovu
make-issuer-has-keys = Dal své klíče
make-issuer-again = Ať vytvoří klíče znovu
make-issuer-again-note = Po změně skupin voličů. Jeho klíče se zde odstraní, schválení pozbudou platnosti a dá jiné; při této službě sám.
make-issuer-again-do = Odstranit jeho klíče

## Pozvánky a schválení
make-invitation = Pozvánka
make-invitation-which = Její znění
make-words-usual = Obvyklé, anglicky
make-words-usual-means = Několik řádků se jménem a odkazem voliče, názvem a identifikátorem voleb a vaším kontaktem.
make-words-own = Vlastní
make-words-own-means = Jak je napsáno níže. Pro začátek tam stojí obvyklé v prvním jazyce voleb.
make-subject = Předmět
make-text = Text
make-text-note = U každého voliče se doplní: {"{name}"}, {"{title}"}, {"{link}"}, {"{contact}"}, {"{election}"}. Jen {"{link}"} tam být musí.
make-usual-subject = {"{title}"}: vaše pozvánka k hlasování
make-usual-dear = Dobrý den, {"{name}"},
make-usual-entitled = máte právo hlasovat: {"{title}"}.
make-usual-yours = Tento odkaz je jen váš. Kdo ho má, může hlasovat místo vás, proto ho nepředávejte:
make-usual-id = Identifikátor voleb k porovnání s tím, který byl oznámen:
make-usual-questions = Dotazy: {"{contact}"}
make-approvers = Kdo musí schválit
make-approvers-note = Volby lze zveřejnit, jen když každý z nich schválí přesně to, co bude zveřejněno. Jakákoli pozdější změna schválení ruší.
make-approvers-who = Účty s rolí v těchto volbách
make-approvers-access = Dát přístup někomu dalšímu

## Kontrola a zveřejnění
make-check = Kontrola a zveřejnění
make-nothing-wrong = Nic, co byste mohli doplnit, nechybí.
make-others = Co ještě musí dodat jiní
make-plan = Určit, kdo se podílí
make-plan-note = Vydavatelé a správci klíče vytvářejí klíče přesně pro tuto sestavu. Proto se určuje dřív než vše ostatní; názvy, otázky, skupiny, časy a pravidla lze měnit až do zveřejnění.
make-plan-final = Poté už v těchto volbách nelze měnit jména a počet správců klíče a vydavatelů.
make-plan-do = Určit, kdo se podílí
make-nobody = zatím nikdo
make-owner-only = Toto může udělat jen vlastník voleb.
make-whole = Celé volby
make-whole-note = Přečtěte si to celé jako volič. Toto, a nic jiného, se schválí, zveřejní a podle toho se bude sčítat.
make-board = Veřejný záznam
make-approve = Schválení
make-approve-note = Těchto 64 znaků je otisk přesného znění. Změní-li se cokoli, změní se i ony a schválení pozbudou platnosti. Po zveřejnění jsou identifikátorem voleb.
make-manifest = Stáhnout přesné znění
make-approved = schváleno
make-not-approved = zatím ne:
make-approve-do = Schválit přesně toto
make-publish = Zveřejnit
make-publish-note = Od té chvíle si volby může každý přečíst a nikdo je nemůže změnit, ani vy. Správci klíče s nimi pak vysloví souhlas a vyzkoušejí otevření, než se hlasování může otevřít.
make-publish-nobody = Na seznamu voličů zatím nikdo není. Přesto můžete volby zveřejnit a seznam nahrát potom.
make-publish-do = Zveřejnit volby
rule-empty = Zde musí něco stát.
rule-none-yet = Zatím tu žádný není. Přidejte alespoň jeden.
