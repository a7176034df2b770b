# Stránka správce klíče, česky. Klíče a místa jako v en.ftl.

## Kolem
trustee-title = Opatrování klíče voleb
trustee-lead = Hlasy se šifrují klíčem, který nikdo nedrží sám. Několik správců klíče ho vytvoří společně a po skončení hlasování společně otevře hlasovací lístky.
trustee-footer = Vše se počítá na tomto zařízení. Vaše část klíče ho opouští jen v souboru, který si uložíte, chráněném vaším heslem.
trustee-noscript = Tato stránka potřebuje JavaScript: vaše část klíče vzniká na tomto zařízení, a to je program. Povolte pro ni skripty a načtěte ji znovu. Odjinud se nic nenačítá.
trustee-unknown = Takové volby nejsou
trustee-unknown-note = Zkontrolujte adresu, nebo si od pořadatele znovu vyžádejte odkaz.
trustee-way = Vaše část, krok za krokem
trustee-way-key = Vytvořit svůj klíč
trustee-way-ceremony = Vytvořit s ostatními klíč voleb
trustee-way-agree = Souhlasit s volbami
trustee-way-rehearse = Vyzkoušet otevření s uloženým souborem
trustee-way-open = Po skončení hlasování otevřít lístky
trustee-you = Jste { $name }, správce klíče voleb { $slug }.
trustee-again = Zkusit znovu
trustee-passphrase = Heslo
trustee-file = Soubor s klíčem

## Co se děje
trustee-says-look = Zjišťuje se stav…
trustee-says-unlock = Otevírá se váš klíč. Trvá to několik sekund…
trustee-says-enrol = Vytváří se váš klíč. Trvá to několik sekund…
trustee-says-restore = Otevírá se soubor s klíčem. Trvá to několik sekund…
trustee-says-restart = Začíná se znovu…
trustee-says-agree = Odesílá se souhlas…
trustee-says-rehearse = Otevírá se uložený soubor a zkouší se. Trvá to několik sekund…
trustee-says-verify = Čte se a kontroluje celý záznam…
trustee-says-open = Odesílá se souhlas a otevírá se…
trustee-says-file = Připravuje se soubor…
trustee-says-forget = Klíč se odstraňuje…
trustee-says-retry = Služba neodpovídá. Zkouší se znovu…
trustee-stage-entries = Kontroluje se každý zápis
trustee-stage-issuance = Kontroluje se právo hlasovat
trustee-stage-openings = Kontrolují se otevření
trustee-stage-blobs = Kontrolují se připojené soubory
trustee-stage-opening = Otevírají se lístky

## Než je klíč
trustee-no-plan = Ještě ne
trustee-no-plan-note = Pořadatel zatím neurčil, kdo bude klíč spravovat. Odkaz si nechte: vraťte se s ním, až vás pořadatel vyzve, nebo nechte stránku otevřenou a ona bude pokračovat sama.
trustee-who = Kdo jste?
trustee-who-note = Vyberte své jméno. Kdo vezme cizí, na toho se přijde, až se správci klíče porovnají.
trustee-enrol = Vytvořte svůj klíč
trustee-enrol-note = Klíč vznikne na tomto zařízení a zůstane v tomto prohlížeči pod heslem, které teď zvolíte. Heslo budete znovu potřebovat, dokud nebudou lístky otevřeny, třeba za několik týdnů. Nikdo ho nemůže nahradit a nikam se neposílá.
trustee-passphrase-rule = Aspoň 10 znaků. Dobré je pět slov, která by nikdo jiný nezvolil.
trustee-passphrase-again = Totéž ještě jednou
trustee-passphrase-differs = Hesla se neshodují.
trustee-enrol-do = Vytvořit můj klíč
trustee-elsewhere = Váš klíč je jinde
trustee-elsewhere-note = Pod vaším jménem se už někdo zapsal, ale tento prohlížeč klíč nemá. Pokud to jste vy, pokračujte v prohlížeči nebo programu, kde jste začali, nebo zde otevřete svůj soubor s klíčem. Pokud ne, hned to řekněte pořadateli.
trustee-restore = Otevřít soubor s klíčem
trustee-restore-note = Soubor, který jste uložili na této stránce nebo který vytvořil program urna trustee. Od té chvíle zůstane v tomto prohlížeči. Používejte jen jednu kopii: s jinou jinde už nepokračujte.
trustee-restore-do = Otevřít soubor
trustee-locked = Otevřete svůj klíč
trustee-locked-note = Váš klíč je v tomto prohlížeči, chráněný vaším heslem.
trustee-unlock-do = Otevřít
trustee-forget = Odstranit klíč z tohoto prohlížeče
trustee-forget-note = Pro zařízení, které není vaše. Bez uloženého souboru s klíčem je váš klíč navždy ztracen.
trustee-forget-do = Odstranit
trustee-lock = Zavřít můj klíč na této stránce

## Vytváření klíče
trustee-ceremony = Vytváří se klíč voleb
trustee-ceremony-note = Dokud je stránka otevřená, pokračuje to samo, jakmile totéž udělají ostatní. Můžete ji zavřít a vrátit se.
trustee-awaited = Teď se čeká na: { $awaited }
trustee-people = Správci klíče
trustee-people-note = K otevření lístků je jich společně potřeba { $threshold } z { $count }. Méně jich nestačí.
trustee-person = Správce klíče
trustee-done-so-far = Co už je hotovo
trustee-is-nothing = Zatím nic
trustee-is-enrolled = Zapsán klíč
trustee-is-round1 = Odeslána první část
trustee-is-round2 = Odeslána druhá část
trustee-is-confirmed = Má svou část klíče
trustee-is-agreed = Souhlas s volbami
trustee-is-rehearsed = Zkouška proběhla
trustee-is-counted = Souhlas s tím, co se otevře
trustee-is-opened = Lístky otevřeny
trustee-is-you = vy
trustee-hash = Porovnejte s ostatními
trustee-hash-note = Zavolejte si. Tyto číslice musí mít všichni stejné. Pokud nemají, někdo zasáhl: přestaňte a řekněte to pořadateli.
trustee-problem-refused = Co poslal(a) { $from }, neplatí a nebylo přijato. Nic se neztratilo; řekněte to jemu či jí a pořadateli.
trustee-problem-stranger = Pod vaším jménem se zapsal někdo jiný. Řekněte to pořadateli, který začne nový pokus bez tohoto zápisu.
trustee-problem-copy = Pod vaším jménem je část, kterou tento klíč nevytvořil. Nepoužívá se jiná kopie vašeho souboru s klíčem?
trustee-problem-failed = Vytváření klíče nemůže pokračovat kvůli tomu, co poslal(a) { $from }. Řekněte to pořadateli, který začne nový pokus.
trustee-problem-nobody = Vytváření klíče nemůže pokračovat. Řekněte to pořadateli, který začne nový pokus.
trustee-restart = Vytváření klíče začalo znovu
trustee-restart-note = Pořadatel je u pokusu { $attempt }, váš klíč u pokusu { $own }. Zeptejte se pořadatele, zda to tak je. Pokud se připojíte, nahradí se to, co vzniklo v tomto pokusu; váš zápis zůstává.
trustee-restart-names = Znovu se zapíší: { $names }. Zeptejte se každého z nich, zda to tak je.
trustee-restart-do = Připojit se k novému pokusu
trustee-restart-behind = Váš je pozdější: pořadatel musí začít další pokus.
trustee-prepared = Uložte si soubor s klíčem
trustee-prepared-note = Máte svou část klíče. Uložte ji teď jako soubor na dvě místa, třeba do tohoto počítače a na flash disk v zásuvce. Budete ji potřebovat ke zkoušce, a kdyby prohlížeč o svá data přišel.
trustee-prepared-next = Dále pořadatel volby zveřejní. Stránka pak bude pokračovat sama.
trustee-save = Uložit soubor s klíčem
trustee-saved = Soubor se ukládá mezi stažené. Zkopírujte ho i na druhé místo.

## Souhlas
trustee-agree = Souhlaste s volbami
trustee-agree-note = Volby jsou zveřejněné a toto se v nich říká. Pokud je to, co bylo oznámeno, souhlaste. Nelze to vzít zpět: váš klíč od té chvíle patří k těmto volbám.
trustee-organiser = Kdo je pořádá
trustee-contact = { $organiser }, { $contact }
trustee-time = Čas
trustee-not-before = Otevření
trustee-not-before-at = Ne dříve než { $time }
trustee-issuers = Kdo vydává právo hlasovat
trustee-contests = O čem se hlasuje
trustee-election = Identifikátor voleb z oznámení
trustee-election-why = 64 číslic. Zkopírujte je z oznámení, které znáte, ne z této stránky: tak se pozná, že jde o jiné volby.
trustee-election-shown = Identifikátor voleb, které jsou zde zobrazeny
trustee-agree-do = Souhlasím
trustee-agreed = Souhlas je zapsán
trustee-agreed-note = Váš souhlas je ve veřejném záznamu. Až budou souhlasit všichni správci klíče, přejde stránka sama ke zkoušce.

## Zkouška
trustee-rehearse = Zkouška s uloženým souborem
trustee-rehearse-note = Ukažte, že s uloženým souborem dokážete lístky otevřít. Vyberte ho zde, nejlépe z místa, kde ho uchováváte, a zadejte heslo. Hlasování nemůže začít, dokud to neudělají všichni správci klíče.
trustee-rehearse-do = Vyzkoušet
trustee-voting = Hotovo. Teď jsou na řadě voliči
trustee-voting-note = Soubor s klíčem i heslo si nechte. Až hlasování skončí, vraťte se na tuto stránku: pak se lístky otevřou.
trustee-voting-rehearsals = Hlasování začne, až zkouškou projdou všichni správci klíče.

## Otevření
trustee-verify = Hlasování skončilo: zkontrolujte záznam
trustee-verify-note = Než se cokoli otevře, přečte vaše zařízení celý veřejný záznam a samo provede každou kontrolu. Nikomu není třeba věřit.
trustee-verify-do = Zkontrolovat záznam
trustee-verified = Vše platí
trustee-verified-note = Započítané lístky: { $ballots }. Souhlasíte s otevřením těchto a žádných jiných, jednou provždy.
trustee-small = Třída { $class }, odevzdané lístky: { $cast }. To je tak málo, že kdo voliče zná, může jejich hlasy rozlišit.
trustee-open-do = Souhlasit a otevřít
trustee-opening = Otevírání
trustee-opening-note = Souhlas je odeslán. Jakmile s tímtéž souhlasí dost správců klíče, otevře se vaše část sama, dokud je tato stránka otevřená.
trustee-opening-count = Souhlas s tímtéž: { $agreed } z potřebných { $needed } ({ $names })
trustee-opening-otherwise = S něčím jiným souhlasí: { $others }. Dva záznamy jedněch voleb jsou důkaz: nechte stránku, jak je, a zavolejte ostatním správcům klíče.
trustee-opened = Vaše část je otevřena
trustee-opened-note = Víc se od vás nežádá. Až otevře svou část dost správců klíče, zveřejní pořadatel výsledek.
trustee-over = Výsledek je zveřejněn
trustee-over-note = Víc se od vás nežádá. Soubor s klíčem si nechte, dokud lze výsledek napadnout; pak zničte všechny kopie.
trustee-cancelled = Volby byly zrušeny
trustee-cancelled-note = Nic se neotevře. Soubor s klíčem můžete zničit.
trustee-to-board = Volby na veřejné nástěnce

## Proč se něco nestalo
trustee-why-unanswered = Služba neodpovídá. Nic se neztratilo: zkuste to za chvíli znovu.
trustee-why-refused = Služba to odmítá:
trustee-why-unknown = Takové volby nejsou. Vyžádejte si od pořadatele odkaz znovu.
trustee-why-not-a-trustee = Tento odkaz je pro někoho, kdo v těchto volbách klíč nespravuje. Vyžádejte si od pořadatele svůj odkaz.
trustee-why-solo = V těchto volbách drží celý klíč jeden správce. To se dělá programem urna trustee s volbou --solo, ne na této stránce.
trustee-why-passphrase = Heslo není správné, nebo je soubor poškozený.
trustee-why-short = Heslo je příliš krátké: má mít aspoň 10 znaků.
trustee-why-memory = Toto zařízení nemá dost paměti, aby z hesla udělalo klíč. Použijte jiné.
trustee-why-key-file = Toto není soubor s klíčem, nebo je poškozený:
trustee-why-other-file = Toto je soubor s klíčem jiného správce, nebo jiných voleb.
trustee-why-kept = Tento prohlížeč už váš klíč k těmto volbám má. Načtěte stránku znovu a otevřete ho.
trustee-why-other-window = Váš klíč je otevřen v jiném okně tohoto prohlížeče. Pokračujte tam, nebo okno zavřete a zkuste to zde znovu.
trustee-why-storage = Tento prohlížeč nemůže váš klíč uchovat, a proto se nic neodeslalo. Opusťte soukromý režim, uvolněte místo, nebo použijte jiný prohlížeč.
trustee-why-no-receipt = Odpověď nástěnky není podepsána jako stvrzenka těchto voleb. Nepokračujte, dokud se na to někdo nepodívá: řekněte to pořadateli.
trustee-why-bound = Váš klíč navždy patří k jiným volbám:
trustee-why-other-election = Toto nejsou oznámené volby: jejich identifikátor je jiný, než jste zadali. Pokud jste ho zkopírovali celý, nesouhlaste a řekněte to ostatním správcům klíče.
trustee-why-other-plan = Zveřejněné volby jsou jiné než ty, pro které váš klíč vznikl. Nesouhlaste a řekněte to ostatním správcům klíče.
trustee-why-other-keys = Klíče ve zveřejněných volbách nejsou ty, které jste jako správci vytvořili. Nesouhlaste a řekněte to ostatním správcům klíče.
trustee-why-not-an-election = Identifikátor voleb má 64 číslic, 0 až 9 a a až f.
trustee-why-backup-early = Tento soubor jste uložili dřív, než jste měli svou část klíče. Uložte ho znovu a použijte nový.
trustee-why-other-backup = V tomto souboru je jiný klíč než ten, který je otevřen. Uložte ho znovu a použijte nový.
trustee-why-record = Záznam nelze přečíst celý, proto se s ničím nesouhlasilo a nic se neotevřelo:
trustee-why-not-verified = Záznam neplatí, proto se s ničím nesouhlasilo a nic se neotevřelo. Řekněte to ostatním správcům klíče a pořadateli:
trustee-why-not-closed = Hlasování ještě neskončilo, nebo ne všichni vyúčtovali vydaná práva hlasovat. Nic se neotevřelo.
trustee-why-too-early = Podle hodin tohoto zařízení se ještě nesmí nic otevřít. Pokračovat lze od { $time }.
trustee-why-agreed-otherwise = V těchto volbách jste už souhlasili s otevřením něčeho jiného. Dva záznamy jedněch voleb jsou důkaz: nic neotvírejte a zavolejte ostatním správcům klíče.
trustee-why-stranger = V záznamu je pod vaším jménem něco, co tento klíč nevytvořil. Nepoužívá se jiná kopie vašeho souboru s klíčem? Nic se neudělalo.
trustee-why-locked = Váš klíč na této stránce není otevřen. Otevřete ho znovu.
trustee-why-program = Program na této stránce nelze načíst nebo se zastavil. Načtěte stránku znovu:
trustee-why-other = Něco se nepovedlo:
