# Att förbereda ett val, svenska

## Checklistan
make-title = Förbered valet
make-complete = Klart
make-problems = { $count ->
    [one] En sak saknas
   *[other] { $count } saker saknas
  }
make-what-is-missing = Vad som saknas
make-next-parts = Gå igenom delarna nedan i valfri ordning. Allt sparas när du lämnar sidan, och inget är offentligt innan du publicerar det.
make-next-plan = Alla delar är klara. Nu fastställer ägaren vilka som medverkar, så att utfärdare och nyckelförvaltare kan skapa sina nycklar.
make-next-keys = Det är fastställt vilka som medverkar. Nu skapar de andra sina nycklar; det tar den tid det tar, och du kan stänga sidan.
make-next-approve = Allt är på plats. Nu läser godkännarna hela valet och godkänner exakt det.
make-next-publish = Alla har godkänt. Ägaren kan publicera valet; därefter kan det inte ändras.
make-next-published = Valet är publicerat. Det som fastställdes kan läsas här men inte ändras.
make-voters = Väljare
make-voters-about = Vilka som får rösta: ladda upp en lista. Det kan också göras senare, tills röstningen öppnar.
make-voters-none = Ingen finns på listan än
make-voters-count = { $count ->
    [one] En person finns på listan
   *[other] { $count } personer finns på listan
  }
make-then = Sedan, i denna ordning
make-step-plan = Ägaren fastställer vilka som medverkar
make-step-keys = Utfärdare och nyckelförvaltare skapar sina nycklar
make-step-approve = Godkännarna godkänner exakt det som ska publiceras
make-step-publish = Ägaren publicerar
make-awaited = Vem man väntar på
make-awaits-issuer = { $name }: utfärdarens nycklar. En utfärdare vid den här tjänsten skapar dem själv inom en minut.
make-awaits-trustee = { $name }: nästa steg i nyckelceremonin, på nyckelförvaltarens egen sida.
make-awaits-solo = Den ensamma nyckelförvaltarens nyckel.
make-awaits-approver = { $name }: godkännande.
make-check-go = Kontrollera och publicera

## Alla formulär
make-save = Spara
make-save-stay = Spara och stanna här
make-saved = Sparat.
make-saved-now = Någon annan har sparat här:
make-nothing = ingenting
make-meanwhile = Någon annan har ändrat valet sedan du öppnade sidan, så inget sparades. Det du skrev står nedan. Där det skiljer sig från det som nu är sparat visas båda. Om du sparar igen ersätts deras text med din.
make-meanwhile-look = Se det som är sparat nu (i en ny flik)
make-not-saved = Inget sparades, eftersom något inte kunde läsas. Det du skrev finns kvar; rätta detta:
make-not-number = Här ska det stå ett heltal, till exempel 3.
make-not-time = Här ska det stå ett datum och en tid, till exempel 2027-05-03 08:00.
make-not-such-time = Den tiden finns inte den dagen: klockorna ställs fram då. Välj en annan.
make-not-language = Här ska det stå språkkoder såsom de, fr eller pt-BR, med mellanslag emellan.
make-not-empty = Något behövs här.
make-locked-published = Valet är publicerat, så inget kan ändras här längre.
make-locked-role = Din roll låter dig läsa detta men inte ändra det. Ägaren och förvaltare kan.
make-voids = Någon har redan godkänt valet. Om du sparar en ändring blir alla godkännanden ogiltiga och måste ges på nytt.
make-optional = Detta kan lämnas tomt.
make-untitled = utan titel
make-up = Flytta upp
make-down = Flytta ned
make-remove = Ta bort
make-remove-yes = Ja, ta bort
make-incomplete = ofullständig
make-rows-more = Spara, och fler tomma rader

## Delarna
make-titles = Titel och språk
make-titles-about = Vad valet heter, på vilka språk, och vem som ansvarar för det.
make-contests = Frågor och kandidater
make-contests-about = Vad man röstar om: varje fråga har sina egna alternativ och sina egna valda.
make-classes = Väljargrupper
make-classes-about = De flesta val behöver en grupp. Flera är till för väljare som röstar om olika frågor, vars röster väger olika, eller vars röster räknas per valkrets.
make-schedule = När röstningen är öppen
make-schedule-about = Röstningen öppnar och stänger av sig själv på tider som du bestämmer, eller när du säger till.
make-policies = Regler
make-policies-about = Reglerna som skiljer val åt, och vad var och en betyder för väljarna. De vanliga är redan valda.
make-trustees = Vilka som räknar
make-trustees-about = Nyckelförvaltare har nyckeln som öppnar valsedlarna, så att ingen kan öppna dem ensam. Utfärdare ger varje väljare en rätt att rösta.
make-words = Inbjudningar och godkännande
make-words-about = Vad brevet till väljarna säger, och vem som måste godkänna valet innan det publiceras.

## Titel och språk
make-languages = Språk
make-languages-which = På vilka språk väljarna läser valsedeln
make-languages-note = Varje text måste skrivas på vart och ett av dem. Tas ett språk bort försvinner dess texter.
make-languages-other = Andra språk
make-languages-other-note = Deras koder, till exempel de eller pt-BR, med mellanslag emellan. Knappar och förklaringar kring dina texter är då på engelska.
make-languages-first = Första språk
make-languages-first-note = I listor och brev står titeln på detta språk.
make-languages-set = Spara språken och visa deras fält
make-named = Vad det handlar om
make-election-title = Valets titel
make-election-title-note = Till exempel: Val till studentkårens fullmäktige 2027.
make-election-description = Beskrivning
make-trial = Detta är bara ett prov
make-trial-note = Varje sida och varje brev säger det, så att ingen tar resultatet på allvar.
make-organiser = Vem som ansvarar
make-organiser-name = Arrangör
make-organiser-name-note = Organisationen, eller dess valnämnd.
make-organiser-contact = Kontakt för väljarnas frågor
make-organiser-contact-note = En e-postadress eller ett telefonnummer där någon svarar medan röstningen pågår.
make-time-zone = Tidszon
make-time-zone-note = I vilken valets alla tider visas, och skrivs in här.

## Frågor och kandidater
make-contests-none = Det finns ingen fråga än.
make-contest-new = En fråga till
make-contest-add = Lägg till frågan
make-contest-title = Fråga eller uppdrag
make-contest-title-note = Till exempel: Kårens ordförande, eller: Ska avgiften höjas?
make-contest-about = Frågan som väljarna läser den, vad de kan markera, och hur många.
make-contest-description = Förklaring
make-remove-contest = ”{ $name }” och alla dess alternativ försvinner.
make-question = Frågan
make-options = Kandidater eller svar
make-options-note = De står på valsedeln i denna ordning. Tomma rader räknas inte.
make-option-title = Namn eller svar
make-option-description = Vad väljarna bör veta om det
make-options-count = { $count ->
    [one] 1 alternativ
   *[other] { $count } alternativ
  }
make-seats-count = { $count ->
    [one] 1 vald
   *[other] { $count } valda
  }
make-paste = Klistra in en lista med namn
make-paste-note = Ett på varje rad. En tabb, eller ett lodstreck med mellanslag ( | ), skiljer namnet från beskrivningen; två kolumner ur ett kalkylblad kan klistras in som de är. De läggs till under de andra, lika på alla språk.
make-paste-do = Lägg till namnen
make-limits = Hur många
make-min = Minst antal markeringar
make-min-note = 0: väljaren får lämna blankt.
make-max = Högst antal markeringar
make-max-note = Sidan låter ingen markera fler.
make-seats = Antal valda
make-seats-note = Så många blir valda.
make-abstain = Erbjud ”jag avstår”
make-abstain-note = Den som avstår har deltagit och röstar inte på någon. Det räknas skilt från blanka valsedlar.
make-method-note = De med flest röster vinner. Lika röstetal rapporteras och avgörs aldrig av programmet: det gör människor. Ingen blir vald utan en röst.

## Vad som är fel
rule-man-4 = Kortnamnet har fel form.
rule-man-5 = Ett kortnamn har fel form: små bokstäver utan accenter, siffror och bindestreck.
rule-man-6 = Detta är ingen språkkod såsom en, cs eller pt-BR.
rule-man-7 = De är för få eller för många. Lägg till eller ta bort.
rule-man-8 = Samma sak står två gånger i listan.
rule-man-9 = Här nämns något som inte finns i valet.
rule-man-10 = Ingen röstar om detta: låt en väljargrupp rösta om det, eller ta bort det.
rule-man-11 = En grupps frågor står i annan ordning än i valet. Spara grupperna igen.
rule-man-12 = Texten saknas på något av språken, eller finns på ett som valet inte har.
rule-man-13 = Här måste något stå, inte för långt och utan dolda tecken.
rule-man-14 = Två alternativ ser likadana ut för väljarna. Ge ett av dem ett annat namn eller en beskrivning.
rule-man-15 = Talet ligger utanför det intervall som är rimligt här.
rule-man-16 = Fler markeringar krävs än vad som tillåts. Sänk det minsta eller höj det största antalet.
rule-man-17 = Om ingen får rösta igen har varje väljare exakt en valsedel: skriv 1.
rule-man-18 = Tiderna står inte i ordning: först öppnar röstningen, sedan stänger den, sedan öppnas valsedlarna.
rule-man-20 = Detta är ingen adress till en tjänst såsom https://val.example.org.
rule-man-21 = Detta är ingen tidszon såsom Europe/Stockholm.
rule-man-22 = En nyckel är ogiltig. Dess ägare måste skapa den på nytt.
rule-man-23 = Samma nyckel finns på två ställen. Varje nyckel måste vara egen.
rule-man-24 = Utfärdarens nycklar passar inte längre väljargrupperna. Låt den skapa dem på nytt.
rule-man-25 = Det är inte visat att nycklarna är utfärdarens egna. Låt den skapa dem på nytt.
rule-man-26 = Minst två nyckelförvaltare behövs för att öppna valsedlarna, och inte fler än det finns. En enda måste väljas uttryckligen.
rule-man-27 = Bara en ensam nyckelförvaltare kan ha hela nyckeln: ta bort de andra, eller ångra valet av en ensam.
rule-man-28 = Valsedeln är för stor. Ge de största frågorna färre alternativ, eller dela upp valet.
rule-man-29 = Gruppen har så få väljare att resultatet kan visa hur enskilda röstade. Slå ihop den med en annan, eller bekräfta det vid gruppen.
rule-man-30 = Resultatet skulle bli för stort. Ge frågan färre alternativ eller kortare namn.
rule-man-31 = Det skulle bli för mycket att räkna. Ge frågan färre alternativ, eller slå ihop väljargrupper.
rule-man-32 = Det antalet valsedlar är inte möjligt. Skriv 1 om ingen valsedel ska vänta på andra.
rule-man-33 = Så länge kan valsedlar inte vänta. Skriv 600 för de vanliga tio minuterna, eller 1 vid ett möte.
rule-man-34 = Om rösträtten hämtas vid röstningen kan den inte hämtas innan den öppnar. Lämna den tidigare tiden tom, eller ändra regeln.
rule-no-plan = Det är inte fastställt än vilka som medverkar.
rule-no-issuer-keys = Utfärdaren har inte lämnat sina nycklar än.
rule-class-without-key = Väljargrupperna ändrades efter att utfärdaren skapat sina nycklar. Låt den skapa dem på nytt.
rule-no-election-key = Nyckelförvaltarna har inte skapat valets nyckel än.
rule-unknown-booth = Den valda versionen av röstningssidan finns inte här. Välj den senaste.
rule-no-approver = Välj minst ett konto som måste godkänna.
rule-repeated-approver = Någon står två gånger bland godkännarna.
rule-unknown-approver = Någon som ska godkänna har ingen tillgång till valet. Ge tillgång, eller välj någon annan.
rule-no-link = Inbjudan måste innehålla {"{"}link{"}"}, där varje väljares egen länk kommer att stå.
rule-bad-subject = Ämnet måste vara en rad som säger något.
rule-not-the-plan = Detta skiljer sig från det som fastställts om vilka som medverkar. Återställ det, eller börja ett annat val från en kopia.
rule-opens-in-the-past = Tiden då röstningen öppnar har passerat. Välj en senare.
rule-people-of-no-class = Personer på listan hör till en grupp som togs bort. Lägg till den igen, eller ladda upp listan på nytt.
rule-other = Något är fel här:

## Väljargrupper
make-class-new = En grupp till
make-class-add = Lägg till gruppen
make-class-title = Gruppens namn
make-class-id = I väljarlistan heter gruppen ”{ $id }”.
make-class-people = { $count ->
    [one] En person hör till den.
   *[other] { $count } personer hör till den.
  }
make-class-contests = Röstar om
make-weight = Röstvikt
make-weight-note = 1 för de flesta. Med 3 räknas varje markering som tre röster, och alla kan se att gruppen har röstat.
make-district = Valkrets
make-district-note = Kan vara tomt. Grupper i samma valkrets räknas ihop, och resultatet visas även per valkrets.
make-confirmed = Den här gruppen får vara liten
make-confirmed-note = Kryssa bara i om medlemmarna vet att resultatet kan visa hur var och en röstade.
make-small = Små grupper
make-small-about = Varje publicerad röst visar sin grupp. I en grupp med en person är det den personens röst; i en grupp med tre avslöjar två som berättar den tredje. Därför vägras en grupp med färre väljare än så, om du inte bekräftar den ovan.
make-smallest = Minsta antal väljare i en grupp
make-smallest-note = Vanligen 5.

## När röstningen är öppen
make-schedule-times = Av sig själv, på fasta tider
make-schedule-times-means = Väljarna kan planera. Ingen behöver vara där när det öppnar eller stänger, och ingen kan stänga i förtid.
make-schedule-manual = För hand
make-schedule-manual-means = För omröstning på ett möte: du öppnar och stänger på översiktssidan, och båda antecknas.
make-times = Tider
make-times-zone = Alla tider gäller i { $zone }. De räknas bara om röstningen öppnar av sig själv.
make-times-zone-other = Välj en annan tidszon
make-opens = Röstningen öppnar
make-opens-note = Från detta ögonblick kan väljarna rösta.
make-closes = Röstningen stänger
make-closes-note = I detta ögonblick är det slut, på sekunden. En senare valsedel nekas.
make-times-more = Fler tider
make-issuance-opens = Rösträtten kan hämtas
make-issuance-opens-note = Tomt: när röstningen öppnar. Tidigare kan väljarnas enheter göra sig redo i förväg, vilket sprider belastningen.
make-opening = Valsedlarna öppnas tidigast
make-opening-note = Tomt: så snart röstningen har stängt. Senare, om invändningar ska höras före räkningen.

## Regler
make-as-at = Som { $names }.
make-for-voters = För väljarna
make-for-result = För resultatet
make-policies-more = Regler som sällan behöver ändras
make-revote = Får en väljare rösta igen?
make-revote-withdraw = Ja, och ta tillbaka rösten
make-revote-withdraw-means = Den sista valsedeln räknas. Den som blev pressad kan rösta igen senare, ensam; och den som vill kan dra tillbaka sin röst.
make-revote-replace = Ja
make-revote-replace-means = Den sista valsedeln räknas. Den kan ersättas men inte tas tillbaka.
make-revote-never = Nej, den första valsedeln är slutgiltig
make-revote-never-means = Den som gör fel, eller är iakttagen, kan inte rätta det. Sidan varnar innan den skickar.
make-revote-limit = Högst antal valsedlar per väljare
make-revote-limit-note = Vanligen 16; 1 om ingen får rösta igen. Det hindrar att någon översvämmar protokollet.
make-figures = Vad är offentligt medan röstningen pågår?
make-figures-none = Ingenting
make-figures-none-means = Ingen vet hur många som har röstat, så ingen påverkas av det. Väljarna ser sitt eget kvitto.
make-figures-turnout = Valdeltagandet
make-figures-turnout-means = Alla ser hur många som har röstat, och valsedlarna, ännu krypterade. Aldrig ett resultat.
make-blank = Vad är en valsedel där inget är markerat?
make-counts-participated = Väljaren har deltagit
make-counts-unused = Som om den inte lagts
make-blank-participated-means = En blank valsedel räknas i deltagandet och är inte för någon. Den hjälper till att nå ett kvorum.
make-blank-unused-means = En blank valsedel räknas inte i deltagandet. Den hjälper inte till att nå ett kvorum.
make-disclosure = Vad blir offentligt om enskilda valsedlar efter stängning?
make-disclosure-each = Varje röst, under en identifierare
make-disclosure-each-means = Väljarna hittar sin röst med en kod som ingen annan kan knyta till dem, och alla kan räkna om. Enbart summor är inte möjligt än.
make-invalid = Vad är en valsedel som inte kan läsas?
make-invalid-unused-means = Ingen sida gör en sådan valsedel; det kan bara ett trasigt eller eget program. Den räknas inte i deltagandet.
make-invalid-participated-means = Den räknas i deltagandet, fast den inte röstar på något.
make-credentials = Vem skapar väljarnas behörighetsnycklar?
make-credentials-authority = Den här tjänsten
make-credentials-authority-means = Varje väljare får en länk med e-post eller brev och behöver inget mer. Tills den används skulle den som driver tjänsten kunna använda den.
make-credentials-device = Varje väljares egen enhet
make-credentials-device-means = Ingen annan har någonsin nyckeln. Väljarna loggar först in i organisationens eget system, som måste kopplas in av den som driver det.
make-credentials-third = Någon annan
make-credentials-third-means = Till exempel delar valnämnden ut dem och ger tjänsten de offentliga halvorna, med ett program.
make-issuance = När hämtar en väljare sin rösträtt?
make-issuance-ahead = När som helst, även innan röstningen öppnar
make-issuance-ahead-means = När någon hämtade den säger inget om när någon röstade. Ingen tid sparas.
make-issuance-with = När rösten läggs
make-issuance-with-means = För stadgar som kräver en förteckning med tid för varje röst: valnämnden får den, och den är aldrig offentlig.
make-batch = Hur länge väntar valsedlar på varandra?
make-batch-note = Om varje valsedel syntes genast kunde den som såg dig rösta hitta din efter tiden. Därför syns de tillsammans, utan ordning.
make-batch-many = 20 valsedlar eller 600 sekunder: val över dagar. Som { $names }.
make-batch-one = 1 och 1: omröstning på ett möte, där alla röstar inom minuter. Som { $names }.
make-batch-min = Valsedlar tillsammans
make-batch-min-note = Så snart det finns så många från en grupp.
make-batch-wait = Högst sekunder
make-batch-wait-note = Sedan syns de, hur få de än är.
make-form = Sekunder för att hämta rösträtten
make-form-note = Vanligen 300. Därefter börjar väljarens enhet helt enkelt om.
make-witnesses = Vem bevakar dessutom det offentliga protokollet?
make-witnesses-none = Ingen särskild
make-witnesses-none-means = Alla kan bevaka det. Vittnen som signerar vad de ser är inte möjligt än.
make-booth = Vilken version av röstningssidan?
make-booth-newest = Den senaste
make-booth-newest-means = Den fastställs med sitt fingeravtryck när valet publiceras och ändras inte därefter.
make-booth-pinned = Den som valdes
make-booth-pinned-means = Den angavs av ett program eller i valet som detta kopierades från.

## Vilka som räknar
make-trustees-title = Nyckelförvaltare
make-trustees-note = Välj personer som inte skulle hjälpa varandra att fuska, till exempel en från varje sida. Var och en skapar en del av nyckeln på sin egen enhet. Ingen har någonsin hela.
make-trustee-number = Nyckelförvaltare { $count }, namn
make-threshold = Hur många av dem som behövs för att öppna valsedlarna
make-threshold-note = Med 2 av 3 kan en förlora nyckeln och valet får ändå ett resultat; och en ensam kan inte öppna något. Om alla behövs betyder en förlorad nyckel inget resultat.
make-solo-open = Bara en ensam nyckelförvaltare
make-solo-warning = En ensam nyckelförvaltare kan öppna varje valsedel när som helst, ensam och osedd. Välj detta bara för att prova, eller där det inte gör något.
make-solo = Jag vet detta: en nyckelförvaltare har hela nyckeln
make-issuers-title = Utfärdare
make-issuers-note = En utfärdare ger varje person på listan en rätt att rösta, utan att se vad som röstas. För de flesta val räcker en.
make-issuer-where = Var den körs
make-issuer-own = Vid den här tjänsten
make-issuer-own-means = Inget mer behöver göras: den skapar sina nycklar själv.
make-issuer-own-name = Valtjänstens utfärdare
make-issuer-other = Någon annanstans, driven av andra
make-issuer-other-means = De måste gå med på det och lämna sina nycklar när det är fastställt vilka som medverkar. Då kan ingen här ensam dela ut en rösträtt för mycket.
make-issuer-name = Namn, som väljarna läser
make-issuer-name-note = Till exempel: Kårens valexpedition.
make-issuer-url = Adress
make-issuer-url-note = För en utfärdare på annat håll, såsom https://utfardare.example.org. Vid den här tjänsten kan den lämnas som den är.
make-issuer-new = En utfärdare till
make-issuer-new-note = Med två måste var och en ge sin del av varje rösträtt, så en ensam kan varken förfalska eller neka i smyg. Om en slutar fungera kan ingen rösta.
make-issuer-add = Lägg till utfärdaren
make-fixed-note = Det är fastställt vilka som medverkar: namn och antal kan inte ändras längre. Om någon måste ersättas, börja ett annat val från en kopia av detta.
make-fixed-threshold = { $count ->
    [one] En av dem öppnar valsedlarna.
   *[other] { $count } av dem öppnar valsedlarna.
  }
make-links-note = Skicka varje nyckelförvaltare sin egen länk. Allt de ska göra står på den sidan, steg för steg.
make-link = Länk att skicka
make-ceremony-enrolment = Har inte börjat än
make-ceremony-round1 = Väntas göra det första av tre steg
make-ceremony-round2 = Väntas göra det andra av tre steg
make-ceremony-confirmation = Väntas göra det sista steget
make-ceremony-waits = Har gjort detta steg och väntar på de andra
make-ceremony-done = Har nyckeln
make-restart = Börja nyckelceremonin på nytt
make-restart-warning = Bara om en nyckelförvaltare har förlorat filen, eller ett steg har misslyckats. Alla måste göra alla steg igen, och godkännanden blir ogiltiga.
make-forget = Vem har förlorat filen?
make-forget-note = De skriver in sig på nytt med en ny. De andra fortsätter med sin.
make-confirm = Bekräfta genom att skriva valets kortnamn: { $slug }
make-restart-do = Börja på nytt
make-issuer-has-keys = Har lämnat sina nycklar
make-issuer-again = Låt den skapa nycklarna på nytt
make-issuer-again-note = Efter att väljargrupperna ändrats. Dess nycklar tas bort här, godkännanden blir ogiltiga, och den lämnar andra; vid den här tjänsten av sig själv.
make-issuer-again-do = Ta bort nycklarna

## Inbjudningar och godkännande
make-invitation = Inbjudan
make-invitation-which = Dess ord
make-words-usual = De vanliga, på engelska
make-words-usual-means = Några rader med väljarens namn och länk, valets titel och id, och din kontakt.
make-words-own = Egna
make-words-own-means = Som de skrivs nedan. Till en början står de vanliga där på valets första språk.
make-subject = Ämne
make-text = Text
make-text-note = Fylls i för varje väljare: {"{name}"}, {"{title}"}, {"{link}"}, {"{contact}"}, {"{election}"}. Bara {"{link}"} måste finnas.
make-usual-subject = {"{title}"}: din inbjudan att rösta
make-usual-dear = Hej {"{name}"},
make-usual-entitled = du har rätt att rösta: {"{title}"}.
make-usual-yours = Den här länken är bara din. Den som har den kan rösta i ditt ställe, så skicka den inte vidare:
make-usual-id = Valets id, att jämföra med det som tillkännagavs:
make-usual-questions = Frågor: {"{contact}"}
make-approvers = Vilka som måste godkänna
make-approvers-note = Valet kan publiceras först när var och en av dem har godkänt exakt det som ska publiceras. En senare ändring gör godkännandet ogiltigt.
make-approvers-who = Konton med en roll i valet
make-approvers-access = Ge någon annan tillgång

## Kontrollera och publicera
make-check = Kontrollera och publicera
make-nothing-wrong = Inget saknas som du kan fylla i.
make-others = Vad andra ännu ska lämna
make-plan = Fastställ vilka som medverkar
make-plan-note = Utfärdare och nyckelförvaltare skapar sina nycklar för exakt denna grupp. Därför fastställs den före allt annat; titlar, frågor, grupper, tider och regler kan ändras tills du publicerar.
make-plan-final = Efter detta kan namn och antal nyckelförvaltare och utfärdare inte ändras i detta val.
make-plan-do = Fastställ vilka som medverkar
make-nobody = ingen än
make-owner-only = Bara valets ägare kan göra detta.
make-whole = Hela valet
make-whole-note = Läs allt som en väljare skulle göra. Detta, och inget annat, är vad som godkänns, publiceras och räknas efter.
make-board = Offentligt protokoll
make-approve = Godkännande
make-approve-note = Dessa 64 tecken är fingeravtrycket av den exakta texten. Om något ändras så ändras de, och godkännanden blir ogiltiga. Efter publiceringen är de valets id.
make-manifest = Ladda ned den exakta texten
make-approved = godkänt
make-not-approved = inte än:
make-approve-do = Godkänn exakt detta
make-publish = Publicera
make-publish-note = Från och med nu kan alla läsa valet, och ingen kan ändra det, inte ens du. Nyckelförvaltarna godkänner det sedan och övar öppningen innan röstningen kan öppna.
make-publish-nobody = Ingen finns på väljarlistan än. Du kan ändå publicera och ladda upp listan efteråt.
make-publish-do = Publicera valet
rule-empty = Något måste stå här.
rule-none-yet = Det finns ingen än. Lägg till minst en.
