use crate::{objects, shared};
use integration::import::headers::{Certainty, Meaning, Recognised, recognise};

fn rows(object: &str, header: &str) -> Vec<(String, Option<Recognised>)> {
    let target = objects::object(object);
    let headers: Vec<&str> = header.split(',').collect();
    let found = recognise(&target, &headers);
    headers.into_iter().map(str::to_owned).zip(found).collect()
}
/// Headers that are not known for sure.
fn unknown(object: &str, header: &str) -> Vec<String> {
    rows(object, header).into_iter().filter(|(_, r)| !matches!(r, Some(r) if !matches!(r.certainty, Certainty::Suggested { .. }))).map(|(h, _)| h).collect()
}
fn field<'a>(found: &'a [(String, Option<Recognised>)], header: &str) -> Option<&'a str> {
    found.iter().find(|(h, _)| h == header).and_then(|(_, r)| match &r.as_ref()?.meaning {
        Meaning::Field { field, .. } => Some(field.as_str()),
        _ => None,
    })
}

/// Bar: every column of the known exports without a hand.
#[test]
fn every_column_of_known_exports_is_mapped() {
    let Some(folder) = shared::set("csv-headers") else { return };
    let text = std::fs::read_to_string(folder.join("headers.json")).unwrap();
    let headers: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, count) in shared::reference(&folder).as_object().unwrap() {
        let object = match name.as_str() {
            "hubspot_companies" => "account",
            "hubspot_deals" => "opportunity",
            _ => "contact",
        };
        let header = headers[name].as_str().unwrap();
        assert_eq!(header.split(',').count() as u64, count.as_u64().unwrap(), "{name}");
        assert_eq!(unknown(object, header), Vec::<String>::new(), "{name}");
    }
}

/// Header rows of further products, from their documentation and from memory: what is recognised is measured, not tuned to.
#[test]
fn header_rows_of_other_products() {
    let rows = [
        (
            "contact",
            "Thunderbird",
            "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,Fax Number,Pager Number,Mobile Number,Home Address,Home Address 2,Home City,Home State,Home ZipCode,Home Country,Work Address,Work Address 2,Work City,Work State,Work ZipCode,Work Country,Job Title,Department,Organization,Web Page 1,Web Page 2,Birth Year,Birth Month,Birth Day,Custom 1,Custom 2,Custom 3,Custom 4,Notes",
        ),
        ("contact", "Thunderbird UK", "Home County,Home Post Code,Work County,Work Post Code,Organisation"),
        ("contact", "LinkedIn", "First Name,Last Name,URL,Email Address,Company,Position,Connected On"),
        (
            "contact",
            "Salesforce API",
            "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,Salutation,Name,OtherStreet,OtherCity,OtherState,OtherPostalCode,OtherCountry,MailingStreet,MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,Fax,MobilePhone,HomePhone,OtherPhone,AssistantPhone,ReportsToId,Email,Title,Department,AssistantName,LeadSource,Birthdate,Description,OwnerId,HasOptedOutOfEmail,HasOptedOutOfFax,DoNotCall,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate",
        ),
        (
            "contact",
            "Zoho",
            "Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,Account Name,Email,Title,Department,Phone,Home Phone,Other Phone,Fax,Mobile,Date of Birth,Assistant,Asst Phone,Email Opt Out,Created By.id,Created By,Modified By.id,Modified By,Created Time,Modified Time,Full Name,Salutation,Mailing Street,Other Street,Mailing City,Other City,Mailing State,Other State,Mailing Zip,Other Zip,Mailing Country,Other Country,Description,Skype ID,Secondary Email,Last Activity Time,Twitter,Reporting To,Unsubscribed Mode,Unsubscribed Time,Tag",
        ),
        ("contact", "Pipedrive", "Person - Name*,Person - First name,Person - Last name,Person - Phone,Person - Email (Work),Person - Email (Home),Organization - Name*,Person - Owner,Person - Label"),
        (
            "contact",
            "SuiteCRM",
            "ID,Salutation,First Name,Last Name,Date Created,Date Modified,Modified By,Created By,Description,Deleted,Assigned User,Assigned to,Job Title,Department,Photo,Home Phone,Mobile,Office Phone,Other Phone,Fax,Do Not Call,Primary Address Street,Primary Address City,Primary Address State,Primary Address Postal Code,Primary Address Country,Alternate Address Street,Alternate Address City,Alternate Address State,Alternate Address Postal Code,Alternate Address Country,Assistant,Assistant Phone,Lead Source,Account Name,Account ID,Reports to ID,Birthdate,Campaign ID,Email Address",
        ),
        (
            "contact",
            "SuiteCRM API",
            "id,salutation,first_name,last_name,title,department,account_name,phone_home,phone_mobile,phone_work,phone_other,phone_fax,email1,primary_address_street,primary_address_city,primary_address_state,primary_address_postalcode,primary_address_country,alt_address_street,alt_address_city,alt_address_state,alt_address_postalcode,alt_address_country,assistant,assistant_phone,lead_source,do_not_call,birthdate,assigned_user_name,date_entered,date_modified,description",
        ),
        (
            "contact",
            "EspoCRM",
            "Salutation,First Name,Last Name,Account,Account Title,Email,Phone,Address Street,Address City,Address State,Address Country,Address Postal Code,Do Not Call,Description,Assigned User,Teams,Created At,Modified At",
        ),
        (
            "contact",
            "EspoCRM API",
            "id,salutationName,firstName,lastName,accountName,accountId,title,emailAddress,phoneNumber,addressStreet,addressCity,addressState,addressCountry,addressPostalCode,doNotCall,description,assignedUserName,createdAt,modifiedAt",
        ),
        ("contact", "Twenty", "Id,First name (name),Last name (name),Primary Email (emails),Job Title,Primary Phone Number (phones),City,Avatar,Company (ID),Created at,Last update"),
        (
            "contact",
            "Dynamics 365",
            "Full Name,First Name,Last Name,Job Title,Company Name,Business Phone,Home Phone,Mobile Phone,Fax,Email,Address 1: Street 1,Address 1: Street 2,Address 1: City,Address 1: State/Province,Address 1: ZIP/Postal Code,Address 1: Country/Region,Birthday,Gender,Marital Status,Owner,Created On,Modified On,Do not allow Emails,Do not allow Phone Calls",
        ),
        ("contact", "Mailchimp", "Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,NOTES,TAGS"),
        (
            "contact",
            "Outlook German",
            "Anrede,Vorname,Weitere Vornamen,Nachname,Suffix,Firma,Abteilung,Position,Straße geschäftlich,Ort geschäftlich,Region geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich,Straße privat,Ort privat,Postleitzahl privat,Land/Region privat,Fax geschäftlich,Telefon geschäftlich,Telefon geschäftlich 2,Mobiltelefon,Telefon privat,E-Mail-Adresse,E-Mail 2: Adresse,Geburtstag,Notizen,Webseite",
        ),
        ("contact", "German list", "Anrede;Titel;Vorname;Nachname;Straße;Hausnummer;PLZ;Ort;Bundesland;Land;Geburtsdatum;Telefon;Handy;E-Mail;Firma;Abteilung;Bemerkung;Kundennummer"),
        (
            "contact",
            "Xing, CentralStation",
            "Name,Vorname,Firma,Position,Telefon (Büro),Telefon (mobil),E-Mail (Büro),E-Mail (privat),Straße (Büro),PLZ (Büro),Stadt (Büro),Land (Büro),Web (Büro),Tags",
        ),
        ("contact", "Odoo", "External ID,Name,Job Position,Phone,Mobile,Email,Website,Title,Tags,Street,Street2,City,State,Zip,Country,Company,Salesperson,Notes"),
        (
            "contact",
            "Freshsales",
            "First name,Last name,Emails,Work,Mobile,Job title,Accounts,Sales owner,Lifecycle stage,Status,Source,City,State,Country,Zipcode,Address,Time zone,Created at,Updated at,Tags,Twitter,LinkedIn,Facebook",
        ),
        (
            "contact",
            "Apple, iCloud",
            "First,Last,Middle,Company,Job Title,Department,Phone (mobile),Phone (home),Phone (work),Email (home),Email (work),Street (home),City (home),ZIP (home),Country (home),Birthday,Note",
        ),
        ("contact", "Copper", "Name,Title,Company,Email,Email 2,Email 3,Phone Number,Phone Number 2,Street,City,State,Postal Code,Country,Owned By,Contact Type,Tags,Details"),
        (
            "contact",
            "Insightly",
            "RecordId,Salutation,FirstName,LastName,Background,EmailAddress,HomePhone,BusinessPhone,MobilePhone,AssistantPhone,Fax,OtherPhone,AddressMailStreet,AddressMailCity,AddressMailState,AddressMailPostcode,AddressMailCountry,DateOfBirth,AssistantName,Organisation,Role,Tag1,DateCreated",
        ),
        (
            "account",
            "Salesforce",
            "Account ID,Account Name,Parent Account,Billing Street,Billing City,Billing State/Province,Billing Zip/Postal Code,Billing Country,Shipping Street,Shipping City,Phone,Fax,Account Number,Website,SIC Code,Industry,Annual Revenue,Employees,Ownership,Ticker Symbol,Description,Rating,Account Site,Account Owner,Created Date,Last Modified Date,Account Source",
        ),
        (
            "account",
            "HubSpot",
            "Record ID,Company name,Company owner,Create Date,Phone Number,Last Activity Date,City,Country/Region,Industry,Company Domain Name,Number of Employees,Annual Revenue,Street Address,Postal Code,State/Region,Website URL,LinkedIn Company Page,Lifecycle Stage,Lead Status,Parent Company",
        ),
        ("account", "Pipedrive", "Organization - Name,Organization - Address,Organization - Owner,Organization - Label,Organization - People,Organization - Organization created,Organization - ID"),
        ("account", "German", "Kundennummer,Firma,Firma 2,Straße,PLZ,Ort,Land,Telefon,Telefax,E-Mail,Internet,Branche,Mitarbeiter,Umsatz,USt-IdNr.,Kundenbetreuer,Bemerkung"),
        ("account", "Twenty", "Name,Domain Name,Employees,Linkedin,Address / Address 1,Address / City,Annual Recurring Revenue,Ideal Customer Profile,Account Owner,Creation date"),
        (
            "lead",
            "Salesforce",
            "LastName,FirstName,Salutation,Title,Company,Street,City,State,PostalCode,Country,Phone,MobilePhone,Fax,Email,Website,Description,LeadSource,Status,Industry,Rating,AnnualRevenue,NumberOfEmployees,OwnerId,IsConverted,ConvertedDate,CreatedDate,IsUnreadByOwner",
        ),
        (
            "lead",
            "Zoho",
            "Record Id,Lead Owner,Company,First Name,Last Name,Designation,Email,Phone,Fax,Mobile,Website,Lead Source,Lead Status,Industry,No. of Employees,Annual Revenue,Rating,Email Opt Out,Street,City,State,Zip Code,Country,Description,Skype ID,Secondary Email,Twitter",
        ),
        (
            "opportunity",
            "Salesforce",
            "Opportunity ID,Opportunity Name,Account Name,Type,Lead Source,Amount,Expected Revenue,Close Date,Next Step,Stage,Probability (%),Fiscal Period,Age,Created Date,Opportunity Owner,Owner Role,Primary Campaign Source,Forecast Category,Description",
        ),
        (
            "opportunity",
            "HubSpot",
            "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Deal Type,Priority,Associated Company,Associated Contact,Create Date,Closed Lost Reason,Forecast category,Amount in company currency,Currency,Associated Contact IDs,Associated Company IDs",
        ),
        (
            "opportunity",
            "Pipedrive",
            "Deal - Title,Deal - Value,Deal - Currency,Deal - Organization,Deal - Contact person,Deal - Pipeline,Deal - Stage,Deal - Status,Deal - Owner,Deal - Expected close date,Deal - Won time,Deal - Lost time,Deal - Lost reason,Deal - Probability,Deal - Deal created,Deal - Label,Deal - Weighted value,Deal - ID",
        ),
        (
            "opportunity",
            "Zoho",
            "Record Id,Deal Owner,Amount,Deal Name,Closing Date,Account Name,Stage,Type,Probability,Expected Revenue,Next Step,Lead Source,Campaign Source,Contact Name,Description,Reason For Loss",
        ),
        (
            "opportunity",
            "SuiteCRM",
            "ID,Opportunity Name,Account Name,Opportunity Amount,Currency,Expected Close Date,Sales Stage,Probability (%),Next Step,Type,Lead Source,Assigned to,Campaign,Description,Date Created",
        ),
        ("opportunity", "EspoCRM", "Name,Account,Stage,Amount,Amount Currency,Probability,Close Date,Contacts,Lead Source,Description,Assigned User"),
        ("opportunity", "Twenty", "Name,Amount / Amount,Amount / Currency,Close date,Stage,Company (ID),Point of Contact (ID)"),
        ("opportunity", "German", "Bezeichnung,Kunde,Ansprechpartner,Betrag,Währung,Wahrscheinlichkeit,Phase,Abschlussdatum,Zuständig,Quelle,Nächster Schritt"),
        ("product", "Salesforce", "Product Name,Product Code,Product Description,Active,Product Family,Product SKU,Quantity Unit Of Measure"),
        ("product", "shop", "SKU,Title,Category,Price,Cost,Unit,Barcode,Active"),
        ("task", "HubSpot", "Task Title,Task Type,Due Date,Priority,Status,Assigned to,Associated Contact,Notes"),
        ("case", "Zendesk", "Ticket ID,Subject,Status,Priority,Requester,Requester Email,Group,Assignee,Created,Channel,Type,Tags"),
        ("order", "Shopify", "Order ID,Email,Financial Status,Created at,Currency,Subtotal,Taxes,Total,Billing Name,Billing Company"),
        ("user", "staff", "Name,Email,Manager,Team,Title,Hire Date,Active"),
    ];
    let (mut all, mut missed) = (0, 0);
    for (object, product, header) in rows {
        let header = header.replace(';', ",");
        let unknown = unknown(object, &header);
        all += header.split(',').count();
        missed += unknown.len();
        if !unknown.is_empty() {
            println!("{product} ({object}): {unknown:?}");
        }
    }
    println!("{} of {all} headers recognised", all - missed);
    assert!(missed * 100 <= all * 4, "{missed} of {all} are not recognised");
}

#[test]
fn meanings_are_right_not_only_found() {
    let found = rows("contact", "Title,First Name,Last Name,Company,Job Title,Business Phone,Mobile Phone,E-mail 2 - Value,Record ID,Contact owner,Create Date");
    assert_eq!(field(&found, "Title"), Some("salutation"), "Outlook's Title is Mr or Dr");
    assert_eq!(field(&found, "Job Title"), Some("title"));
    assert_eq!(field(&found, "Record ID"), Some("external_id"));
    assert_eq!(field(&found, "Contact owner"), Some("owner"));
    assert_eq!(field(&found, "Create Date"), Some("created_at"));
    assert!(matches!(&found[3].1.as_ref().unwrap().meaning, Meaning::Field { field, by: Some(by), missing: Some(integration::import::coerce::Missing::Create) } if field == "account" && by == "name"));
    assert!(matches!(found[7].1.as_ref().unwrap().meaning, Meaning::Email { n: 2, .. }));
    let found = rows("contact", "Title,Email");
    assert_eq!(field(&found, "Title"), Some("title"), "alone it is the job");
    let found = rows("opportunity", "Deal - Title,Deal - Value,Deal - Stage,Amount,Close Date,Owner,Associated Contact IDs");
    assert_eq!(
        ["Deal - Title", "Deal - Value", "Deal - Stage", "Close Date", "Owner", "Associated Contact IDs"].map(|h| field(&found, h)),
        ["name", "amount", "stage", "close_date", "owner", "contact"].map(Some)
    );
    let found = rows("account", "Firma,Branche,USt-IdNr.,Mitarbeiter,Muttergesellschaft");
    assert_eq!(found.iter().map(|(h, _)| field(&found, h)).collect::<Vec<_>>(), ["name", "industry", "tax_id", "employees", "parent"].map(Some));
}

#[test]
fn likeness_only_suggests() {
    let found = rows("contact", "Frist Name,Lastnmae,Favourite colour,Shoe size,Departmnet");
    let suggested = |at: usize| matches!(&found[at].1, Some(r) if matches!(r.certainty, Certainty::Suggested { confidence } if confidence >= 0.88));
    assert!(suggested(0) && suggested(1) && suggested(4));
    assert_eq!((&found[2].1, &found[3].1), (&None, &None));
}
